/opt/engine/bin/engine lz4
