// Prints every template of its directory, and the time in the zone of the container.
package main

import (
	"fmt"
	"os"
	"os/user"
	"text/template"
	"time"
)

func main() {
	pages, err := template.ParseGlob("tem" + "plates/*")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for _, page := range pages.Templates() {
		_ = page.Execute(os.Stdout, map[string]string{"Name": "Ada"})
	}
	fmt.Println(time.Unix(1720000000, 0).Format("15:04"))
	me, err := user.Current()
	fmt.Println(me.Username, err)
	file, err := os.CreateTemp("", "page")
	fmt.Println(file != nil, err)
}
