package forge

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

func TestSignatures(t *testing.T) {
	key, err := openpgp.NewEntity("Example Author", "", "author@example.org", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, DefaultHash: crypto.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	var armored bytes.Buffer
	if err := openpgp.ArmoredDetachSign(&armored, key, strings.NewReader("text"), nil); err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprintf("%016X", key.PrimaryKey.KeyId)
	for signature, want := range map[string]repo.Signature{
		armored.String(): {Scheme: repo.OpenPGP, KeyID: id},
		"":               {},
		"-----BEGIN PGP SIGNATURE-----\n\nnonsense\n-----END PGP SIGNATURE-----":       {Scheme: repo.OpenPGP},
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----":         {Scheme: repo.SSH},
		"-----BEGIN SIGNED MESSAGE-----\nMIIB\n-----END SIGNED MESSAGE-----":           {Scheme: repo.X509},
		"-----BEGIN SOMETHING-----\nMIIB\n-----END SOMETHING-----":                     {},
		"-----BEGIN PGP SIGNATURE-----\n\n" + strings.Repeat("A", maxSignature) + "\n": {Scheme: repo.OpenPGP},
	} {
		if got := (repo.Signature{Scheme: schemeOf(signature), KeyID: issuer(signature)}); got != want {
			t.Errorf("%.60q: %+v, want %+v", signature, got, want)
		}
	}

	f := newFixture(t)
	tree := f.gitWith("", "mktree")
	head := "tree " + tree + "\nauthor A <a@example.org> 1700000000 +0000\ncommitter A <a@example.org> 1700000000 +0000\n"
	indented := strings.ReplaceAll(strings.TrimSpace(armored.String()), "\n", "\n ")
	oid := f.gitWith(head+"gpgsig "+indented+"\n\nSigned\n", "hash-object", "-t", "commit", "-w", "--stdin")
	f.git("update-ref", "refs/heads/main", oid)
	tag := f.gitWith("object "+oid+"\ntype commit\ntag v1\ntagger A <a@example.org> 1700000000 +0000\n\nFirst\n"+armored.String()+"\n",
		"hash-object", "-t", "tag", "-w", "--stdin")
	f.git("update-ref", "refs/tags/v1", tag)
	s := collect(t, here(f.dir), all)
	want := repo.Signature{Scheme: repo.OpenPGP, KeyID: id}
	if got := s.Commits.Value.Commits; len(got) != 1 || got[0].Signature != want || got[0].Subject != "Signed" {
		t.Errorf("commit: %+v, want %+v", got, want)
	}
	if got := s.Tags.Value; len(got) != 1 || got[0].Signature != want || got[0].Message != "First" {
		t.Errorf("tag: %+v, want %+v", got, want)
	}
}

func TestParseHeader(t *testing.T) {
	oid := strings.Repeat("a", 40)
	for line, want := range map[string]object{
		oid + " blob 12\n":      {oid: oid, kind: "blob", size: 12},
		oid + " missing\n":      {},
		"abcd ambiguous\n":      {},
		oid + " blob -1\n":      {oid: "error"},
		oid + " blob\n":         {oid: "error"},
		"zzzz blob 1\n":         {oid: "error"},
		oid + " blob 1 2\n":     {oid: "error"},
		oid + " blob 1e9\n":     {oid: "error"},
		"fatal: something bad ": {oid: "error"},
	} {
		got, err := parseHeader(line)
		if err != nil {
			got.oid = "error"
		}
		if got != want {
			t.Errorf("%q: %+v, want %+v", line, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc"}, {"aéb", 2, "a"}, {"aéb", 3, "aé"}} {
		if got := cut(c.text, c.limit); got != c.want {
			t.Errorf("%q at %d: %q", c.text, c.limit, got)
		}
	}
}

// clean fails unless a value that will be stored is what stores and printers can take.
func clean(t *testing.T, texts ...string) {
	for _, text := range texts {
		if !utf8.ValidString(text) {
			t.Fatalf("not UTF-8: %q", text)
		}
	}
}

func storable(t *testing.T, at time.Time) {
	if _, err := json.Marshal(at); err != nil {
		t.Fatal(err)
	}
}

// entries are tree entries without end.
type entries struct{ left, entry []byte }

func (e *entries) Read(p []byte) (int, error) {
	if len(e.left) == 0 {
		e.left = e.entry
	}
	n := copy(p, e.left)
	e.left = e.left[n:]
	return n, nil
}

// TestListingIsBounded says of each listing that is too large that it is so, wherever the limit meets it.
func TestListingIsBounded(t *testing.T) {
	entry := func(kind string, length int) []byte {
		return []byte("100644 " + kind + " " + strings.Repeat("a", 40) + "\t" + strings.Repeat("p", length) + "\x00")
	}
	for name, endless := range map[string][]byte{
		"bytes": entry("blob", 1000), "files": entry("blob", 10), "folders": entry("tree", 10), "a path": entry("blob", maxPath+1),
	} {
		if _, err := parseTree(&entries{entry: endless}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("too many %s: %v", name, err)
		}
	}
}

// TestGitThatCannotBeUsed says to whoever has no git, or one that is too old, that it is for that.
func TestGitThatCannotBeUsed(t *testing.T) {
	f := newFixture(t)
	f.write("README.md", "text")
	f.commit("Begin")
	none, old := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\necho \"error: unknown option \\`batch-command'\" >&2\necho 'usage: git cat-file' >&2\nexit 129\n"
	if err := os.WriteFile(filepath.Join(old, "git"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{none, old} {
		t.Setenv("PATH", path)
		_, err := (&Collector{Git: outbound.NewGit(outbound.Policy{})}).Collect(t.Context(), repo.Request{Target: here(f.dir), Want: all})
		var said *Error
		if !errors.As(err, &said) || !errors.Is(said, ErrGit) || !strings.Contains(said.Advice(), "git 2.39") {
			t.Errorf("%v", err)
		}
	}
}

// FuzzTree reads listings, and follows all links, which name each other and what the input says.
func FuzzTree(f *testing.F) {
	oid := strings.Repeat("a", 40)
	f.Add("100644 blob "+oid+"\tREADME.md\x00120000 blob "+oid+"\tdocs/link\x00160000 commit "+oid+"\tsub\x00", "../README.md")
	f.Add("120000 blob "+oid+"\ta\x00120000 blob "+oid+"\tb/c\x00", "b/../b/c/../../a")
	f.Add("100644 blob "+oid+"\t\xff\n\x00", "/")
	f.Fuzz(func(t *testing.T, listing, target string) {
		files, err := parseTree(strings.NewReader(listing))
		if err != nil {
			return
		}
		tr := &tree{files: files, index: map[string]int{}, targets: map[string]string{}}
		for i := range files {
			clean(t, files[i].Path)
			tr.index[files[i].Path] = i
			tr.targets[files[i].OID] = target[:min(len(target), maxTarget)]
		}
		for i := range files {
			end := tr.follow(files[i].Path)
			if end == "" {
				continue
			}
			if j, ok := tr.index[end]; !ok || files[j].Mode > repo.Executable {
				t.Fatalf("%q leads to %q", files[i].Path, end)
			}
		}
	})
}

// FuzzHistory reads commits and tags.
func FuzzHistory(f *testing.F) {
	oid := strings.Repeat("a", 40)
	f.Add(oid + "\ntree " + oid + "\nparent " + oid + "\nauthor A <a@example.org> 1700000000 +0100\ncommitter B <b@example.org> 1700000000 -0330\n" +
		"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n =AAAA\n -----END PGP SIGNATURE-----\n\n    Subject\n    more\n    \n    Body\n\x00")
	f.Add("object " + oid + "\ntype commit\ntag v1\ntagger A <a@example.org> 99999999999999999999 +2500\n\nText\n-----BEGIN SSH SIGNATURE-----\nAA\n")
	f.Add("author <> 253402214400 -9999\n\n\xff")
	f.Fuzz(func(t *testing.T, raw string) {
		commits, err := parseCommits(strings.NewReader(raw))
		if err == nil {
			for _, c := range commits {
				clean(t, c.OID, c.AuthorName, c.AuthorEmail, c.Committer, c.Subject, c.Body, c.Signature.KeyID)
				storable(t, c.Time)
				if len(c.Body) > maxBody || c.Parents < 0 {
					t.Fatalf("%+v", c)
				}
			}
		}
		tag := parseTag([]byte(raw))
		clean(t, tag.message)
		storable(t, tag.at)
		if len(tag.message) > maxMessage {
			t.Fatalf("a message of %d bytes", len(tag.message))
		}
		if id := issuer(tag.signature); id != "" && len(id) != 16 {
			t.Fatalf("key id %q", id)
		}
	})
}

// BenchmarkLocal collects from a repository of 1,000 commits and 2,000 files, 100 of which are read.
func BenchmarkLocal(b *testing.B) {
	f := newFixture(b)
	var stream strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter Example Author <author@example.org> %d +0000\ndata <<E\nCommit %d\nE\n", 1700000000+i, i)
		for j := range 2 {
			fmt.Fprintf(&stream, "M 644 inline dir%d/file%d-%d\ndata <<E\nText %d\nE\n", i%50, i, j, i)
		}
		fmt.Fprintf(&stream, "\n")
	}
	f.gitWith(stream.String(), "fast-import", "--quiet")
	want := func(files []repo.File) []string { return all(files[:100]) }
	b.ReportAllocs()
	for b.Loop() {
		collect(b, here(f.dir), want)
	}
}

// TestMessagesAreBounded keeps the messages of the newest tags.
func TestMessagesAreBounded(t *testing.T) {
	tags := []repo.Tag{{Message: "newest"}, {Message: ""}, {Message: "older"}, {Message: "oldest"}}
	boundMessages(tags, len("newest")+len("older"))
	if tags[0].Message != "newest" || tags[2].Message != "older" || tags[3].Message != "" {
		t.Errorf("got %+v", tags)
	}
}
