thumb --help
thumb --size 16 && cksum </tmp/thumb.png
