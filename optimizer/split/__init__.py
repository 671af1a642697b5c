"""Two stages out of one: what builds a program stays behind, and what runs it ships."""
