# ruff: noqa: RUF001  (names of the world hold letters that look like others)
"""Names, streets and towns of the pretended people, the most common first.

Written from general knowledge of how people in three countries are called; the order stands for
how often a name occurs, see `contact_stream.py`. Names of one word are separated by blanks, others
by commas.
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


def _towns(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (phrase.rsplit(" ", 1) for phrase in _phrases(text))
    return tuple((town, code) for town, code in pairs)


# --- The Netherlands -------------------------------------------------------------------------

DUTCH_WOMEN = _words("""
    Maria Anna Johanna Emma Sophie Julia Lisa Sanne Laura Eva Anouk Lotte Iris Femke Marieke Linda
    Monique Esther Ingrid Petra Elisabeth Cornelia Hendrika Wilhelmina Margaretha Catharina Saskia
    Marloes Kim Nicole Sandra Mirjam Yvonne Astrid Karin Marjolein Annemarie Anja Ellen Els Ria
    Mira Tess Sara Zoë Fleur Lieke Noa Fenna Roos Amber Merel Maud Naomi Isa Nina Elin Milou
    Jasmijn Julie Yara Nora Lynn Olivia Mila Saar Liv Evi Feline Sophia Hanna Charlotte Veerle
    Elise Floor Bente Isabel Myrthe Rosalie Fien Puck Babette Pleun Hannah Vera Loïs Chloé Renée
    Josephine Daphne Chantal Wendy Debby Patricia Bianca Angelique Mandy Kelly Samantha Priscilla
    Melissa Daniëlle Michelle Dominique Manon Simone Suzanne Marianne Jolanda Jacqueline Carla
    Anita Ans Riet Truus Greetje Willy Jannie Tineke Hennie Corrie Gerda Nel Joke Bep Toos Mieke
    Marja Marijke Trudy Thea Hilde Heleen Carolien Liesbeth Annelies Hanneke Janneke Ilse Inge
    Irene Judith Mariska Miranda Nathalie Rianne Leonie Lonneke Maaike Nienke Nynke Sietske
    Froukje Tjitske Wietske Renske Rixt Fatima Aïcha Samira Naima Khadija Esra Elif Zeynep Ayşe
    Meryem Soraya Yasmina Priya Shanti Mei Agnieszka Katarzyna Magdalena Wisława Natalia Olga
    Svetlana Adriana Carmen Beatriz Gloria Dewi
""")

DUTCH_MEN = _words("""
    Jan Peter Johannes Hendrik Willem Cornelis Daan Sem Thomas Tim Bas Jeroen Mark Martijn Dennis
    Erik Rob Hans Kees Henk Piet Gerrit Frank Paul Michiel Bart Ruben Lars Stijn Luuk Jesse Thijs
    Max Milan Lucas Finn Levi Noah James Luca Mees Sam Bram Adam Benjamin Jayden Julian Teun Gijs
    Mason Boaz Siem Jens Floris Guus Olivier Tijn Hugo Jack Vince Roan Morris Niek Tobias Pepijn
    Jurre Kai Rens Sven Joep Koen Wouter Maarten Pieter Sander Joost Arjan Remco Marco Patrick
    Ronald Richard Robert Edwin Marcel René André Raymond Stefan Vincent Wilco Erwin Harold
    Bernard Johan Jos Theo Ton Wim Cor Arie Dirk Klaas Jaap Sjaak Sjoerd Tjeerd Wiebe Hylke Jelle
    Douwe Sietse Auke Harm Geert Roel Rudolf Adriaan Antonius Jacobus Leendert Maurits Casper
    Jasper Diederik Reinier Rutger Bastiaan Christiaan Alexander Daniël David Joël Joris Rik Nick
    Mike Danny Kevin Roy Jordy Bryan Dylan Jeffrey Mitchel Ricardo Leon Leo Loek Huub Sef Giel
    Twan Harrie Jo Math Wiel Pascal Mohamed Ahmed Youssef Omar Hamza Ibrahim Mustafa Mehmet Emre
    Yusuf Ali Hassan Bilal Karim Rachid Anil Rajesh Ravi Sunil Wei Tomasz Piotr Krzysztof Paweł
    Mateusz Dimitri Ivan João Carlos Luis
""")

DUTCH_LAST_NAMES = _phrases("""
    de Jong, Jansen, de Vries, van den Berg, Bakker, van Dijk, Visser, Janssen, Smit, Meijer, de
    Boer, Mulder, de Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, de Wit,
    Dijkstra, Smits, de Graaf, van der Meer, van der Linden, Kok, Jacobs, de Haan, Vermeulen, van
    den Heuvel, van der Veen, van den Broek, de Bruijn, de Bruin, van der Heijden, Schouten, van
    Beek, Willems, van Vliet, van de Ven, Hoekstra, Maas, Verhoeven, Koster, van Dam, van der Wal,
    Prins, Blom, Huisman, Peeters, de Jonge, Kuipers, van Veen, Post, Kuiper, Veenstra, Kramer,
    van den Brink, Scholten, van Wijk, Postma, Martens, Vink, de Ruiter, Timmermans, Groen,
    Gerritsen, Jonker, van Loon, Boer, van der Velde, Willemsen, Smeets, de Lange, de Vos, Bosch,
    van Dongen, Schipper, de Koning, van der Laan, Koning, van der Velden, Driessen, van Doorn,
    Hermans, Evers, van den Bosch, van der Meulen, Hofman, Bosman, Wolters, Sanders, van der
    Horst, Mol, Kuijpers, Molenaar, van de Pol, de Leeuw, Verbeek, van der Ploeg, Kooij, van
    Schaik, Aarts, Hermsen, van der Zee, Jaspers, Wijnen, Haan, de Wilde, Bouwman, Blok, Nijhuis,
    Bruins, Schut, Kroon, Vermeer, van Rijn, Zijlstra, Bouma, Hoeksema, Wiersma, Bakema, Terpstra,
    Sikkema, Boersma, Hiemstra, Rienks, van Essen, van Houten, Brands, Cornelissen, Gerrits,
    Otten, Roelofs, Simons, Verschuren, Verhagen, Franssen, Geerts, Claassen, Nijland, ter Horst,
    ten Brinke, ten Hove, te Riele, van 't Hof, van 't Veer, in 't Veld, op den Kamp, van de
    Water, van der Kolk, van der Pol, van den Akker, van Es, van Hoof, van Kempen, van Oosten, van
    Rooij, van Velzen, Zwart, Zonneveld, Zeeman, Westra, Wolf, Winter, Vonk, Veldman, Valk, Tol,
    Snijders, Slot, Rutten, Rietveld, Pieters, Pronk, Oudshoorn, Noordermeer, Muller, Lammers,
    Kroes, Klein, Keizer, Kaya, Heijnen, Hartman, Goossens, Engel, Drost, Dekkers, Coenen, Bloem,
    Barendse, Backx, Appelman, Yılmaz, Öztürk, Demir, Çelik, Şahin, El Amrani, Bouzid, El Idrissi,
    Benali, Aydın, Ramdin, Soekarno, Tan, Chen, Wong, Nguyen, Kowalski, Nowak, Wiśniewski,
    Szymborska, Singh, Rahman, Pinas, da Silva, dos Santos, García, Fernández, Popescu, Ivanov,
    van Ommeren-Visser, Cats-Boonstra
""")

# Rarer last names are put together from a beginning and an end.
DUTCH_NAME_STARTS = _words("""
    Ooster Wester Noorder Zuider Hooge Laag Berken Beuken Eiken Elzen Linden Wilgen Bos Brede Broek
    Dijk Donker Grave Groene Haver Heide Hof Klaver Klooster Koren Kruis Lange Maan Meer
    Molen Nieuwe
    Oude Over Roden Rozen Schoone Steen Stein Veld Vogel Water Weide Wind Wolve Zand Zilver
""")
DUTCH_NAME_ENDS = _words("""
    akker beek berg bosch brink broek brugge burg camp daal dam dijk donk eind haar ham heuvel hof
    horst huis huizen hout kamp kerk laar land man meijer poel rode steeg stra veen veld voort waard
    wijk winkel zijl
""")

DUTCH_STREETS = _phrases("""
    Kerkstraat, Dorpsstraat, Molenweg, Schoolstraat, Julianastraat, Beatrixstraat, Nieuwstraat,
    Hoofdstraat, Stationsweg, Wilhelminastraat, Parallelweg, Industrieweg, Oranjestraat, Kerkweg,
    Prins Bernhardstraat, Eikenlaan, Beukenlaan, Lindelaan, Kastanjelaan, Berkenlaan, Marktstraat,
    Emmastraat, Irenestraat, Margrietstraat, Burgemeesterstraat, Rembrandtstraat, Vondelstraat,
    Jan Steenstraat, Frans Halsstraat, Mozartlaan, Beethovenlaan, Merelstraat, Meeuwstraat,
    Lijsterlaan, Zwaluwstraat, Vlierstraat, Rozenstraat, Tulpstraat, Hyacintstraat, Narcisstraat,
    Sportlaan, Zandweg, Heideweg, Bosweg, Duinweg, Havenstraat, Kade, Singel, Noorderweg,
    Zuiderweg, Oosterstraat, Westerstraat, Langestraat, Kortestraat, Achterweg, Voorstraat,
    Raadhuisplein, Marktplein, Spoorlaan, Weverstraat, Korenbloemstraat, Klaproosstraat,
    Prinsengracht, Herengracht
""")

# Every town with that with which its postal codes begin.
DUTCH_TOWNS = _towns("""
    Amsterdam 10, Rotterdam 30, Den Haag 25, Utrecht 35, Eindhoven 56, Groningen 97, Tilburg 50,
    Almere 13, Breda 48, Nijmegen 65, Apeldoorn 73, Haarlem 20, Arnhem 68, Enschede 75,
    Amersfoort 38, Zaandam 15, 's-Hertogenbosch 52, Zwolle 80, Leiden 23, Leeuwarden 89,
    Maastricht 62, Dordrecht 33, Ede 67, Alkmaar 18, Delft 26, Deventer 74, Hilversum 12, Hoorn
    16, Gouda 28, Middelburg 43, Assen 94, Roermond 60
""")

# --- Germany ---------------------------------------------------------------------------------

GERMAN_WOMEN = _words("""
    Maria Anna Ursula Monika Petra Sabine Elisabeth Karin Renate Susanne Andrea Claudia Birgit
    Helga Stefanie Julia Katharina Christine Barbara Martina Heike Nicole Angelika Gabriele
    Kerstin Anja Emma Mia Hannah Sophia Lea Lena Leonie Marie Lina Clara Laura Lisa Sarah Johanna
    Emilia Charlotte Frieda Ida Mathilda Greta Paula Luisa Amelie Maja Jana Vanessa Jessica
    Jennifer Melanie Sandra Daniela Nadine Silke Tanja Ute Simone Ines Cornelia Doris Brigitte
    Christa Ingrid Gisela Erika Jutta Hildegard Gerda Edith Irmgard Waltraud Roswitha Gudrun Heidi
    Silvia Anke Antje Bettina Carola Dagmar Elke Franziska Frauke Friederike Gesa Grit Imke Inga
    Jördis Käthe Kirsten Maren Marlene Miriam Nele Pia Rebekka Ricarda Romy Sigrid Sina Svenja
    Swantje Theresa Ulrike Verena Viktoria Wiebke Yvonne Zoë Ayşe Fatma Emine Aylin Olga Swetlana
    Agnieszka Małgorzata Larissa
""")

GERMAN_MEN = _words("""
    Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Günter Stefan Christian Uwe Werner Horst
    Frank Dieter Manfred Gerhard Hans Bernd Martin Matthias Alexander Markus Sebastian Daniel Jan
    Tobias Ben Paul Leon Finn Elias Jonas Luis Noah Felix Lukas Maximilian Henry Emil Anton Theo
    Jakob Moritz Oskar Karl Max Philipp Julian Florian Fabian Dominik Dennis Marcel Patrick Kevin
    Sven Torsten Ralf Jörg Holger Rainer Helmut Walter Heinz Herbert Karl-Heinz Hans-Peter Ernst
    Friedrich Wilhelm Otto Rudolf Siegfried Reinhard Norbert Dirk Detlef Volker Axel Jens Kai Lars
    Nils Ole Malte Arne Björn Carsten Christoph Clemens Erik Georg Gregor Hannes Heiko Hendrik
    Ingo Joachim Johannes Jost Konstantin Lennart Leopold Linus Lothar Ludwig Marius Mirko Olaf
    Oliver René Robert Roland Ruben Rüdiger Samuel Simon Steffen Sönke Thorben Till Timo Ulf
    Ulrich Valentin Vincent Mehmet Mustafa Ahmed Ali Murat Emre Sergej Dimitri Wladimir Tomasz
    Krzysztof Giovanni Marko
""")

GERMAN_LAST_NAMES = _phrases("""
    Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann, Schäfer,
    Koch, Bauer, Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun, Krüger,
    Hofmann, Hartmann, Lange, Schmitt, Werner, Schmitz, Krause, Meier, Lehmann, Schmid, Schulze,
    Maier, Köhler, Herrmann, König, Walter, Mayer, Huber, Kaiser, Fuchs, Peters, Lang, Scholz,
    Möller, Weiß, Jung, Hahn, Schubert, Vogel, Friedrich, Keller, Günther, Frank, Berger, Winkler,
    Roth, Beck, Lorenz, Baumann, Franke, Albrecht, Schuster, Simon, Ludwig, Böhm, Winter, Kraus,
    Martin, Schumacher, Krämer, Vogt, Stein, Jäger, Otto, Sommer, Groß, Seidel, Heinrich, Brandt,
    Haas, Schreiber, Graf, Schulte, Dietrich, Ziegler, Kuhn, Kühn, Pohl, Engel, Horn, Busch,
    Bergmann, Thomas, Voigt, Sauer, Arnold, Wolff, Pfeiffer, Ernst, Hübner, Kramer, Nowak, Beyer,
    Petersen, Jansen, Paul, Riedel, Hansen, Lindner, Reuter, Schenk, Nagel, Götz, Barth, Kirchner,
    Henning, Böttcher, Schilling, Kaufmann, Wenzel, Brückner, Thiel, Löffler, Bachmann, Gebhardt,
    Kessler, Marx, Wilhelm, Ullrich, Göbel, Rieger, Herbst, Wegner, Ahrens, Behrens, Claußen,
    Dröge, Ehlers, Feddersen, Gerdes, Hinrichs, Iversen, Janßen, Kröger, Lüders, Nissen, Oltmanns,
    Paulsen, Rohde, Siemens, Tietjen, Uhlig, Vetter, Wichmann, Zeller, von der Heide, von Bülow,
    zu Hohenstein, vom Bruch, von Ahn, Yılmaz, Kaya, Demir, Öztürk, Yıldız, Aydın, Kowalski,
    Wójcik, Schmidt-Rothe, Meyer-Landau, Petrov, Popović, Jovanović, Nguyen, Rossi, Al-Masri,
    Haddad, Ivanova, Szczepański
""")

GERMAN_NAME_STARTS = _words("""
    Acker Alten Auer Bach Berken Birken Blumen Brink Brock Brunn Buchen Dorn Eber Eich Eisen Falken
    Feld Frei Grün Haber Hasel Heide Hirsch Hohl Holz Kirch Kloster Königs Korn Linden Löwen Lüde
    Mühl Neu Nieder Ober Rosen Rot Sand Schön Stein Tannen Wald Wasser Weiden Weiß Wester Wiesen
""")
GERMAN_NAME_ENDS = _words("""
    acker bach bauer baum beck berg berger böck brink brock burg dorf eck feld felder hagen hardt
    haus häuser heim hof hofer horst kamp kötter lage loh mann meier meyer mayr moser müller rath
    reuter scheid schmidt stein städt tal thal wald winkel
""")

GERMAN_STREETS = _phrases("""
    Hauptstraße, Schulstraße, Gartenstraße, Bahnhofstraße, Dorfstraße, Bergstraße, Birkenweg,
    Lindenstraße, Kirchstraße, Waldstraße, Ringstraße, Schillerstraße, Goethestraße, Amselweg,
    Jahnstraße, Wiesenweg, Buchenweg, Feldstraße, Mozartstraße, Friedhofstraße, Eichenweg,
    Ahornweg, Rosenstraße, Mühlenweg, Talstraße, Blumenstraße, Am Markt, Industriestraße,
    Meisenweg, Kastanienallee, Beethovenstraße, Finkenweg, Tannenweg, Erlenweg, Parkstraße,
    Poststraße, Kiefernweg, Am Sportplatz, Grüner Weg, Lerchenweg, Uhlandstraße, Brunnenstraße,
    Burgstraße, Hofstraße, Neue Straße, Lange Straße, Marktplatz, Mittelstraße, Nordstraße,
    Südstraße
""")

GERMAN_TOWNS = _towns("""
    Berlin 10, Hamburg 20, München 80, Köln 50, Frankfurt 60, Stuttgart 70, Düsseldorf 40,
    Dortmund 44, Essen 45, Leipzig 04, Bremen 28, Dresden 01, Hannover 30, Nürnberg 90, Duisburg
    47, Münster 48, Aachen 52, Kleve 47, Oldenburg 26, Osnabrück 49, Bielefeld 33, Bonn 53, Kiel
    24, Freiburg 79, Göttingen 37
""")

# --- Great Britain ---------------------------------------------------------------------------

BRITISH_WOMEN = _words("""
    Margaret Susan Sarah Patricia Emma Karen Elizabeth Mary Claire Helen Nicola Laura Christine
    Rebecca Julie Charlotte Linda Jacqueline Louise Samantha Rachel Hannah Jennifer Alison
    Victoria Joanne Lisa Olivia Amelia Isla Ava Mia Ivy Lily Isabella Rosie Sophia Grace Willow
    Freya Florence Emily Ella Poppy Evie Elsie Sophie Jessica Chloe Lucy Katie Amy Gemma Kelly
    Kirsty Leanne Stacey Natalie Danielle Stephanie Catherine Katherine Kathleen Anne Ann Jean
    Joan Dorothy Doreen Sheila Maureen Brenda Pauline Carol Gillian Janet Judith Lesley Lynne
    Marion Sandra Sharon Tracey Wendy Zoe Abigail Alice Beth Caitlin Daisy Eleanor Fiona Georgia
    Harriet Imogen Jasmine Kayleigh Molly Niamh Phoebe Rhiannon Siân Tegan Angharad Bronwen Morag
    Eilidh Mhairi Aisha Fatima Maryam Priya Anjali Sunita Aaliyah Zainab Chinwe Abena Siobhan
    Roisin Orla Agnieszka Ewa Monika
""")

BRITISH_MEN = _words("""
    David John Peter Michael Paul James Andrew Robert Mark Christopher Richard Stephen William
    Thomas Daniel Matthew Ian Simon Kevin Alan Anthony Philip Martin Gary Jonathan Oliver George
    Harry Noah Jack Leo Arthur Muhammad Oscar Charlie Jacob Henry Freddie Alfie Theo Archie Joshua
    Alexander Samuel Joseph Edward Benjamin Adam Luke Ryan Liam Callum Connor Kieran Lewis Jordan
    Aaron Nathan Kyle Scott Craig Stuart Neil Graham Colin Keith Brian Barry Trevor Roger Derek
    Raymond Ronald Kenneth Dennis Donald Geoffrey Nigel Clive Gordon Malcolm Norman Frank
    Frederick Albert Ernest Reginald Stanley Walter Dylan Rhys Gareth Owen Evan Ewan Hamish Angus
    Fergus Fraser Duncan Dougal Toby Sebastian Rupert Hugo Max Jude Rory Finlay Zac Reece Tyler
    Mohammed Ahmed Ali Imran Tariq Raj Sanjay Vikram Kwame Emeka Patrick Sean Declan Ciaran Pawel
    Tomasz Marek
""")

BRITISH_LAST_NAMES = _phrases("""
    Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Robinson, Wright, Thompson,
    Evans, Walker, White, Roberts, Green, Hall, Wood, Jackson, Clarke, Patel, Khan, Lewis, James,
    Phillips, Hughes, Edwards, Hill, Moore, Clark, Harrison, Scott, Young, Morris, Ward, Turner,
    Cooper, King, Watson, Baker, Harris, Morgan, Allen, Anderson, Mitchell, Carter, Campbell, Lee,
    Begum, Hussain, Ali, Ahmed, Singh, Kaur, Bailey, Bennett, Cook, Richardson, Shaw, Collins,
    Parker, Cox, Adams, Simpson, Marshall, Bell, Ellis, Murray, Richards, Chapman, Mason, Webb,
    Gray, Rogers, Hunt, Mills, Palmer, Holmes, Knight, Stevens, Kelly, Butler, Barnes, Fisher,
    Powell, Russell, Matthews, Graham, Lloyd, Reynolds, Price, Pearson, Stewart, Murphy, Gibson,
    Fox, Howard, Andrews, Elliott, Harvey, Fletcher, Dixon, Grant, Hamilton, Reid, Robertson,
    Ross, MacDonald, McDonald, Fraser, Ferguson, McKenzie, MacLeod, O'Brien, O'Connor, O'Neill,
    Doherty, Gallagher, Quinn, Rees, Bevan, Pugh, Griffiths, Owen, Jenkins, Prosser, Atkinson,
    Barker, Burton, Dawson, Ford, Gardner, Hart, Jordan, Lawson, Newton, Osborne, Payne, Rose,
    Spencer, Stone, Tucker, Wallace, Walsh, Warren, Watts, Ashworth, Birtwistle, Cholmondeley,
    Featherstone, Hetherington, Micklethwaite, Ramsbottom, Sidebottom, Threlfall, Winterbourne,
    Smith-Hartley, Bowes-Fenton, Okafor, Adeyemi, Mensah, Chen, Nguyen, Kowalska, Nowak, Rahman,
    Chaudhry, Sharma, Gupta
""")

BRITISH_NAME_STARTS = _words("""
    Ash Ather Barn Beck Black Brad Brom Bur Carl Cold Cran Crow Dal Dun East Ed El Ether Fair Farn
    Feather Ful Gold Grims Hales Ham Hather Hazel Hol Hunt Kings Lang Lind Mar Nether Nor Oaken Pem
    Pres Rad Red Row Sel Shel Stan Sud Thorn Under Wal Whit Wims Wood
""")
BRITISH_NAME_ENDS = _words("""
    borough bourne bridge brook bury by combe cott croft dale den don field ford gate
    grave ham hurst
    land ley low man mere more over ridge shaw stead thorpe ton wall ward water well wick wood worth
""")

BRITISH_STREETS = _phrases("""
    High Street, Station Road, Main Street, Park Road, Church Road, Church Street, London Road,
    Victoria Road, Green Lane, Manor Road, Church Lane, Park Avenue, The Avenue, The Crescent,
    Queens Road, New Road, Grange Road, Kings Road, Kingsway, Windsor Road, Highfield Road, Mill
    Lane, Alexander Road, York Road, St John's Road, Main Road, Broadway, King Street, The Green,
    Springfield Road, George Street, Park Lane, Victoria Street, Albert Road, Queensway, New
    Street, Queen Street, West Street, North Street, Manchester Road, The Grove, Richmond Road,
    Grove Road, South Street, School Lane, Cavendish Road, Chestnut Close, Oak Drive, Beech
    Avenue, Meadow View
""")

BRITISH_TOWNS = _towns("""
    London SW, Birmingham B, Manchester M, Leeds LS, Glasgow G, Sheffield S, Liverpool L,
    Bristol BS, Edinburgh EH, Cardiff CF, Leicester LE, Nottingham NG, Newcastle NE, Brighton
    BN, Plymouth PL, Oxford OX, Cambridge CB, York YO, Norwich NR, Exeter EX, Reading RG,
    Swansea SA
""")

# --- How people are called for short ---------------------------------------------------------

NICKNAMES = {
    "Alexander": ("Alex", "Sander", "Xander"), "Andreas": ("Andi",), "Andrew": ("Andy", "Drew"),
    "Anna": ("Anneke", "Ans"), "Anthony": ("Tony",), "Antonius": ("Ton", "Toon", "Twan"),
    "Bastiaan": ("Bas",), "Benjamin": ("Ben",), "Catharina": ("Tineke", "Karin", "Toos"),
    "Catherine": ("Cathy", "Kate"), "Charlotte": ("Lotte", "Charlie"), "Christian": ("Chris",),
    "Christiaan": ("Chris",), "Christine": ("Chris", "Tina"), "Christoph": ("Chris", "Stoffel"),
    "Christopher": ("Chris",), "Cornelia": ("Corrie", "Conny"), "Cornelis": ("Kees", "Cor"),
    "Daniel": ("Dan", "Danny"), "Daniël": ("Daan",), "David": ("Dave",), "Donald": ("Don",),
    "Edward": ("Ed", "Ted"), "Elisabeth": ("Els", "Lies", "Liesbeth", "Lisa", "Betty"),
    "Elizabeth": ("Liz", "Beth", "Betty"), "Emily": ("Em",), "Frederick": ("Fred", "Freddie"),
    "Friedrich": ("Fritz",), "Geoffrey": ("Geoff",), "Gerhard": ("Gerd",), "Gerrit": ("Gert",),
    "Hendrik": ("Henk", "Rik"), "Hendrika": ("Hennie", "Rika"), "Henry": ("Harry",),
    "Jacobus": ("Jaap", "Sjaak", "Koos"), "Jacqueline": ("Jackie",), "James": ("Jim", "Jamie"),
    "Jennifer": ("Jenny", "Jen"), "Joachim": ("Jochen",), "Johanna": ("Jo", "Joke", "Hanna"),
    "Johannes": ("Jan", "Hans", "Johan"), "John": ("Jack",), "Jonathan": ("Jon",),
    "Joseph": ("Joe",), "Joshua": ("Josh",), "Julia": ("Juul",), "Karl-Heinz": ("Kalle",),
    "Katharina": ("Kathi", "Käthe"), "Kenneth": ("Ken",), "Klaus": ("Klausi",), "Leonie": ("Leo",),
    "Lukas": ("Luki",), "Margaret": ("Maggie", "Peggy"), "Margaretha": ("Greetje", "Margriet"),
    "Maria": ("Ria", "Mia", "Marie", "Mieke"), "Martijn": ("Tijn",), "Matthew": ("Matt",),
    "Matthias": ("Matze",), "Maximilian": ("Max",), "Michael": ("Mike", "Michi"),
    "Michiel": ("Chiel",), "Monique": ("Moon",), "Nicola": ("Nicky",), "Patricia": ("Pat", "Trish"),
    "Patrick": ("Pat",), "Peter": ("Pete", "Piet"), "Philip": ("Phil",), "Pieter": ("Piet",),
    "Rebecca": ("Becky",), "Richard": ("Rick", "Dick"), "Robert": ("Rob", "Bob", "Bobby"),
    "Ronald": ("Ron",), "Samantha": ("Sam",), "Samuel": ("Sam",), "Sebastian": ("Basti", "Seb"),
    "Sophie": ("Soof",), "Stefan": ("Steef",), "Stefanie": ("Steffi",), "Stephen": ("Steve",),
    "Susan": ("Sue",), "Susanne": ("Susi",), "Thomas": ("Tom", "Tommy"), "Tobias": ("Tobi",),
    "Ulrich": ("Uli",), "Victoria": ("Vicky",), "Wilhelmina": ("Willy", "Mien", "Wil"),
    "Willem": ("Wim",), "William": ("Bill", "Will", "Billy"), "Wolfgang": ("Wolfi",),
}  # fmt: skip
