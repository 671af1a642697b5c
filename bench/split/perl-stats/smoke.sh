./report.pl 3 1 2
./report.pl 10 20
