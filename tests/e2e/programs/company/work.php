<?php // Files, a child with pipes, a fork where there is one, streams, an exception that ends it.
for ($i = 0; $i < 200; $i++) file_put_contents("f" . $i % 7, "line $i\n", FILE_APPEND);
echo array_sum(array_map('filesize', glob('f*'))), "\n", shell_exec('echo shell'), "\n";
$child = proc_open(['sort', '-r'], [['pipe', 'r'], ['pipe', 'w'], ['file', 'errors', 'w']], $pipes);
fwrite($pipes[0], "a\nb\n"); fclose($pipes[0]);
echo stream_get_contents($pipes[1]); fclose($pipes[1]);
echo proc_close($child), "\n";
if (function_exists('pcntl_fork')) { $pid = pcntl_fork(); if ($pid == 0) exit(3); pcntl_waitpid($pid, $status); echo $status >> 8, "\n"; }
exec('exit 4', $out, $status); echo $status, "\n";
$t = tmpfile(); fwrite($t, 'x'); rewind($t); echo fread($t, 9), "\n";
register_shutdown_function(function () { echo "shutdown\n"; });
throw new RuntimeException('the end');
