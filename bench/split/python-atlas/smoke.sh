atlas --list
atlas
