printf 'hello' | checksum
id -un; pwd
