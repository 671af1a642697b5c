file --brief --mime-type /etc/passwd
