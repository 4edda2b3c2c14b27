# Files, a fork, pipes in both directions, a signal in a sleep, an end by die.
use strict; use warnings; use IPC::Open2;
$| = 1;
for my $i (0 .. 199) { open my $f, '>>', 'f' . $i % 7 or die; print $f "line $i\n"; close $f }
print join(' ', map { -s } sort glob 'f*'), "\n";
my $pid = fork; if (!$pid) { exit 3 } waitpid $pid, 0; print $? >> 8, "\n";
my $child = open2(my $out, my $in, 'sort', '-r'); print $in "a\nb\n"; close $in; print <$out>; waitpid $child, 0;
$SIG{ALRM} = sub { print "alarm\n" }; alarm 1; sleep 5;
print `echo backtick`; system 'exit 4'; print $? >> 8, "\n";
open my $p, '-|', 'seq 3' or die; print <$p>; close $p;
$SIG{SEGV} = sub { print "handled\n" }; kill SEGV => $$;
END { print "at the end\n" }
die "the end\n";
