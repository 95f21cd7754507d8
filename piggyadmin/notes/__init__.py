"""Notes on customers, what colleagues hand over to each other, and whom nobody is to serve."""
