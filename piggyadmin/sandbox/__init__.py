"""A pretended Piggy: the API's shapes, codes and manners over a database of its own."""
