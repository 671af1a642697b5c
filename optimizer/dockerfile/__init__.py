"""What a Dockerfile is: its bytes, its lines, its instructions, its shell scripts, and edits on them."""
