whereis-it
