import java.io.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

/** Threads, files, children, references to nothing that the machine catches as faults, and an end by an exception. */
public class Work {
    static int length(String s) {
        return s.length();
    }

    public static void main(String[] words) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Long>> sizes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            final int n = i;
            sizes.add(pool.submit(() -> {
                Path file = Path.of("file" + n % 7 + "-" + n);
                Files.writeString(file, "line ".repeat(n + 1));
                return Files.size(file);
            }));
        }
        long sum = 0;
        for (Future<Long> size : sizes)
            sum += size.get();
        System.out.println(sum);
        pool.shutdown();
        int caught = 0;
        for (int i = 0; i < 100000; i++) {
            try {
                length(i % 1000 == 0 ? null : "abc");
            } catch (NullPointerException e) {
                caught++;
            }
        }
        System.out.println(caught);
        Process child = new ProcessBuilder("sh", "-c", "cat; exit 3").start();
        try (OutputStream to = child.getOutputStream()) {
            to.write("through a pipe\n".getBytes());
        }
        System.out.print(new String(child.getInputStream().readAllBytes()));
        System.out.println(child.waitFor());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shutdown")));
        try {
            recurse(0);
        } catch (StackOverflowError e) {
            System.out.println("stack overflow");
        }
        throw new IllegalStateException("the end");
    }

    static int recurse(int n) {
        return recurse(n + 1) + 1;
    }
}
