"""What is held on one person, gathered into a file that the person is given."""
