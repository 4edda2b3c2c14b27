// A Go program with C in it: files, children, goroutines on many threads, a callback from C, a fault that Go handles.
package main

/*
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *c_work(void *path) {
	for (int i = 0; i < 100; i++) {
		int fd = open((char *)path, O_WRONLY | O_APPEND | O_CREAT, 0600);
		if (write(fd, "from C\n", 7) != 7)
			return NULL;
		close(fd);
	}
	return path;
}

static int c_threads(char *path) {
	pthread_t t[4];
	int good = 0;
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, c_work, path);
	for (int i = 0; i < 4; i++) {
		void *result;
		pthread_join(t[i], &result);
		good += result != NULL;
	}
	return good;
}
*/
import "C"

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"unsafe"
)

func faults() (said string) {
	defer func() { said = fmt.Sprint(recover()) }()
	var nothing *int
	*nothing = 1
	return ""
}

func main() {
	path := C.CString("by-c")
	fmt.Println(C.c_threads(path))
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			os.WriteFile(fmt.Sprintf("by-go-%d", n), []byte("go\n"), 0600)
			C.c_work(unsafe.Pointer(path))
		}(i)
	}
	group.Wait()
	out, err := exec.Command("sh", "-c", "wc -c <by-c; exit 3").CombinedOutput()
	fmt.Print(string(out), err, "\n", faults(), "\n")
	os.Exit(5)
}
