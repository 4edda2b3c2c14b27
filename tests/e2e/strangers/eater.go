// The same as eater.c, by Go's own runtime: without libc.
package main

import (
	"os"
	"time"
)

func main() {
	memory := make([]byte, 40<<20)
	for until := time.Now().Add(50 * time.Millisecond); time.Now().Before(until); {
		for i := range memory {
			memory[i] = 'x'
		}
	}
	if os.WriteFile(os.Args[len(os.Args)-1], memory[:12345], 0o644) == nil {
		os.Exit(5)
	}
}
