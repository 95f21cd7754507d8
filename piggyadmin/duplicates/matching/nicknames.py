"""Short forms of first names, as the Dutch, Germans and British use them."""

from piggyadmin.duplicates.matching.normalisation import name_words

_SHORT_FORMS = """
alexander: alex lex sander xander sandy; albert: al bert bertus; alfred: alf fred; andreas: andi
andre; andrew: andy drew; anna: anne anneke ans anja annie anneliese hanna; anthony: tony anton;
antonius: ton toon twan antoon; arthur: art; barbara: barb babs baerbel; bastiaan: bas; benjamin:
ben benny; bernard: bernie ben bernd; catharina: tineke karin toos trijn trees ina; katherine:
kate kathy katie cathy catherine kathryn; charles: charlie chuck karel; charlotte: lotte lotje;
christian: chris christiaan; christine: chris tina christina stien; christoph: chris stoffel;
christopher: chris kit topher; cornelia: corrie conny cor nel nelleke; cornelis: kees cor cees;
daniel: dan danny daan; david: dave davy; deborah: debbie deb; diederik: dirk; donald: don donny;
dorothea: dora thea dorothee; douglas: doug; edward: ed eddie ted ned eduard; elisabeth: els lies
liesbeth lisa betty elly bets liz beth lizzie elizabeth lisette ilse sisi; emily: em emmy; ernst:
ernie; ferdinand: ferdi; francis: frank frans franciscus; franciska: cisca francine; frederik:
fred freddie freek frits fritz friedrich frederick frerik; gabriele: gabi; geoffrey: geoff jeff;
gerhard: gerd gerrit gert geert ger gerard; geertruida: truus trudy geertje gertrud; gregory:
greg; guenter: gunter; hendrik: henk rik hein henry harry heinrich heinz; hendrika: hennie rika
riek; hubert: bert huub; jacobus: jaap sjaak koos jacob ko jack; jacqueline: jackie jacky; james:
jim jamie jimmy jem; jennifer: jenny jen; joachim: jochen achim jo; johanna: jo joke hanna hannie
jans jopie annie; johannes: jan hans johan joop john hannes han jo jon johnny jack ian; jonathan:
jon johnny; joseph: joe jo jozef sjef josef jos joey; joshua: josh; julia: juul jule; karl: carl
kalle; kenneth: ken kenny; lambertus: bert bertus lammert; laurens: lau; laurence: larry laurie;
leonard: leo len leendert; leonie: leo; louise: lou; lucas: luuk luc lukas luki; ludwig: lutz;
magdalena: lena leni magda; manfred: manni; margaret: maggie peggy meg greta; margaretha: greet
greetje margriet gre grietje margot grete marga; maria: ria mia marie mieke marijke rie miep
maaike mary marieke mitzi; martin: marty maarten martijn tijn; matthew: matt matty; matthias:
matze mattias matthijs thijs; maximilian: max maximiliaan; michael: mike michi mick mickey micha;
michiel: chiel; nicholas: nick nicky nico klaas nicolaas klaus nikolaus niklas; nicola: nicky;
pamela: pam; patricia: pat trish patty tricia; patrick: pat paddy; peter: pete piet pieter petrus
pierre; petronella: nel nelly pietje; philip: phil flip filip; raymond: ray; rebecca: becky bec;
reinhard: rein reiner; richard: rick dick rich richie; robert: rob bob bobby robbie bert robin;
roger: rodge; ronald: ron ronnie; rudolf: rudi ruud dolf; samantha: sam sammy; samuel: sam sammy;
sebastian: basti seb bas bastian; siegfried: sigi; sophie: soof fie sofie sophia; stefan: steef
stef stephan; stefanie: steffi stephanie steph; stephen: steve steven stevie; susan: sue suzy
susie; susanne: susi sanne suzanne; theodorus: theo door dorus theodor; thomas: tom tommy maas;
timothy: tim; tobias: tobi; ulrich: uli; ursula: uschi ulla; valerie: val; veronica: vera ronnie;
victoria: vicky tori; victor: vic; vincent: vin vince cent; virginia: ginny; walter: wally wout
wouter; werner: wernie; wilhelmina: wil mien willy mina willemijn wilma; willem: wim pim bill will
willy william wilhelm billy willi; wolfgang: wolf; yvonne: von; zacharias: zach
"""


def _full_names() -> dict[str, tuple[str, ...]]:
    """Give for each name those of which it is a short form, and itself, as names are compared."""
    names: dict[str, list[str]] = {}
    for line in _SHORT_FORMS.split(";"):
        full, *short_forms = name_words(line.replace(":", " "))
        for name in (full, *short_forms):
            names.setdefault(name, [name]).append(full)
    return {name: tuple(dict.fromkeys(roots)) for name, roots in names.items()}


FULL_NAMES = _full_names()
