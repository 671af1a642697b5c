use strict;
use warnings;
use Text::CSV;

# Sum the second column by the first.
my $csv = Text::CSV->new({binary => 1});
open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
my %total;
while (my $row = $csv->getline($file)) {
    next if $row->[0] eq 'region';
    $total{$row->[0]} += $row->[1];
}
printf "%-8s %8.2f\n", $_, $total{$_} for sort keys %total;
