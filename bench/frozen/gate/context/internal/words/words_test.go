package words

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRead(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.csv"), []byte("1,tree,x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := Read(folder)
	if err != nil || !set.Has("tree") || set.Has("house") {
		t.Fatal(set, err)
	}
}
