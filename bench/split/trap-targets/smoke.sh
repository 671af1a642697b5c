lamp --help
