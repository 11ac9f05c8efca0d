package document

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var write = flag.Bool("write", false, "write the outlines that were read instead of comparing them")

// outline renders what was read, a block a line.
func outline(d *Document) string {
	kinds := [...]string{"paragraph", "heading", "item", "cell", "quote", "code"}
	var out strings.Builder
	for i := range d.Blocks {
		b := &d.Blocks[i]
		fmt.Fprintf(&out, "%d-%d %s", b.Line, b.End, kinds[b.Kind])
		if b.Kind == Heading {
			s := d.Sections[b.Section]
			fmt.Fprintf(&out, " of level %d to line %d", s.Level, s.End)
		}
		fmt.Fprintf(&out, " %q\n", b.Text)
		for _, l := range b.Links {
			kind := "link"
			if l.Image {
				kind = "image"
			}
			fmt.Fprintf(&out, "\t%d %s %q %s\n", l.Line, kind, l.Text, l.Target)
		}
	}
	return out.String()
}

// TestOutlines compares what is read from each text in testdata with its outline. A text stands in an archive before its outline.
func TestOutlines(t *testing.T) {
	files, err := filepath.Glob("testdata/outlines/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no outlines: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(archive.Files) != 2 || archive.Files[1].Name != "outline" {
			t.Fatalf("%s is not a text and its outline", file)
		}
		text := archive.Files[0]
		got := outline(Parse(text.Name, string(text.Data)))
		if *write {
			archive.Files[1].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if want := string(archive.Files[1].Data); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}
