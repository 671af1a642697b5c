// Prints a moment in the time zones that are asked for, and whether the machine trusts anybody.
package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: zones MOMENT [ZONE]...")
		os.Exit(2)
	}
	moment, err := time.Parse(time.RFC3339, os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, name := range os.Args[2:] {
		zone, err := time.LoadLocation(name)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(moment.In(zone).Format("15:04 MST"), name)
	}
	roots, err := x509.SystemCertPool()
	fmt.Println("trusts somebody:", err == nil && !roots.Equal(x509.NewCertPool()))
}
