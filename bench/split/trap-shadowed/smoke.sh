sums
cat /etc/bash.bashrc
