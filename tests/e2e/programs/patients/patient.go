// Reads a file, prints a line on standard error, starts a program, asks the Claude API once: URL FILE.
package main

// The C compiler links it, and so it has the C library's loader unless it is linked statically.

import "C"

import (
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func ask(address string) {
	body := `{"model":"claude-opus-4-5","max_tokens":64,"messages":[]}`
	link, err := tls.Dial("tcp", address, nil)
	check(err)
	_, err = fmt.Fprintf(link, "POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"+
		"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s", len(body), body)
	check(err)
	_, err = io.ReadAll(link)
	check(err)
}

func main() {
	_, err := os.ReadFile(os.Args[2])
	check(err)
	fmt.Fprintln(os.Stderr, "patient says so")
	check(exec.Command("/bin/true").Run())
	ask(strings.TrimPrefix(os.Args[1], "https://"))
}
