# Threads, files, a fork, a pipe to a child, a trap, an exception that ends it.
threads = 8.times.map { |n| Thread.new { 50.times { |i| File.write("f#{n}", "#{i}\n", mode: "a") } } }
threads.each(&:join)
puts Dir["f*"].sum { |f| File.size(f) }
pid = fork { File.write("child", "x"); exit 3 }
Process.wait pid
puts $?.exitstatus, `echo backtick`, IO.popen(["sort", "-r"], "r+") { |p| p.write("a\nb\n"); p.close_write; p.read }
trap("USR1") { puts "trapped" }
Process.kill "USR1", $$
sleep 0.05
puts system("exit 4").inspect, $?.exitstatus
spawned = spawn("cat", in: "child", out: "copy")
Process.wait spawned
puts File.read("copy")
at_exit { puts "at exit" }
raise "the end"
