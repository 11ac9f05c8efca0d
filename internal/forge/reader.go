package forge

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"misp-csirt-tooling/internal/outbound"
)

// reader reads the objects of a git directory through an empty repository of our own that borrows them. So neither the
// configuration, hooks, attributes, replacements and grafts of that directory nor its owner matter, nothing is written
// there, and an object that a partial clone lacks is missing instead of being fetched.
type reader struct {
	git     *outbound.Git
	dir     string
	shallow map[string]bool // commits whose parents are left out
}

// newReader makes the repository of our own in dir.
func newReader(git *outbound.Git, dir string, src *gitDir) (*reader, error) {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	files := map[string]string{
		"objects/info/alternates": `"` + quote.Replace(filepath.Join(src.common, "objects")) + "\"\n",
	}
	if src.shallow != "" {
		files["shallow"] = src.shallow
	}
	if err := makeBare(dir, src.sha256, files); err != nil {
		return nil, err
	}
	r := &reader{git: git, dir: dir, shallow: map[string]bool{}}
	for oid := range strings.FieldsSeq(src.shallow) {
		r.shallow[oid] = true
	}
	return r, nil
}

// makeBare makes a bare repository without objects and refs, with more files.
func makeBare(dir string, sha256 bool, files map[string]string) error {
	config := "[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n"
	if sha256 {
		config = "[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n"
	}
	err := errors.Join(
		os.MkdirAll(filepath.Join(dir, "objects", "info"), 0o700),
		os.MkdirAll(filepath.Join(dir, "refs"), 0o700),
		os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600),
		os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/none\n"), 0o600),
	)
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	if err != nil {
		return fmt.Errorf("making a repository to read through: %w", err)
	}
	return nil
}

// object is what git says of an object.
type object struct {
	oid  string // full object id, empty if it is missing
	kind string // commit, tree, blob or tag
	size int64
}

// objects is a running git that answers questions about objects.
type objects struct {
	process *outbound.Process
	answers *bufio.Reader
}

// open starts reading objects. The caller must stop the process.
func (r *reader) open(ctx context.Context) (*objects, error) {
	p, err := r.git.Start(ctx, outbound.Command{Dir: r.dir, Args: []string{"cat-file", "--batch-command", "--buffer"}})
	if err != nil {
		return nil, err
	}
	return &objects{process: p, answers: bufio.NewReaderSize(p.Stdout, 64<<10)}, nil
}

func (o *objects) stop() { o.process.Stop() }

// ask sends one command for each name. git answers when it has got them all.
func (o *objects) ask(command string, names []string) error {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(command)
		b.WriteByte(' ')
		b.WriteString(name)
		b.WriteByte('\n')
	}
	b.WriteString("flush\n")
	if _, err := io.WriteString(o.process.Stdin, b.String()); err != nil {
		return o.failed(err)
	}
	return nil
}

// failed returns why git ended, as far as it tells.
func (o *objects) failed(err error) error {
	o.process.Stdin.Close()
	if ended := o.process.Wait(); ended != nil {
		return ended
	}
	return err
}

// info returns what the objects are, in the order of the names, which are object ids or beginnings of them.
func (o *objects) info(names []string) ([]object, error) {
	if err := o.ask("info", names); err != nil {
		return nil, err
	}
	out := make([]object, len(names))
	for i := range names {
		var err error
		if out[i], err = o.header(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// contents hands over the objects one after the other. Objects that are missing are left out. What is handed over is
// overwritten by the next.
func (o *objects) contents(oids []string, take func(object, []byte)) error {
	if err := o.ask("contents", oids); err != nil {
		return err
	}
	var buffer []byte
	for range oids {
		obj, err := o.header()
		if err != nil {
			return err
		}
		if obj.oid == "" {
			continue
		}
		buffer = slices.Grow(buffer[:0], int(obj.size)+1)[:obj.size+1]
		if _, err := io.ReadFull(o.answers, buffer); err != nil {
			return o.failed(err)
		}
		take(obj, buffer[:obj.size])
	}
	return nil
}

func (o *objects) header() (object, error) {
	line, err := o.answers.ReadString('\n')
	if err != nil {
		return object{}, o.failed(err)
	}
	return parseHeader(line)
}

// parseHeader reads "<oid> <type> <size>\n", or "<name> missing\n", or "<name> ambiguous\n".
func parseHeader(line string) (object, error) {
	f := strings.Split(strings.TrimSuffix(line, "\n"), " ")
	if len(f) == 2 && (f[1] == "missing" || f[1] == "ambiguous") {
		return object{}, nil
	}
	if len(f) == 3 && objectID.MatchString(f[0]) {
		if size, err := strconv.ParseInt(f[2], 10, 64); err == nil && size >= 0 {
			return object{oid: f[0], kind: f[1], size: size}, nil
		}
	}
	return object{}, fmt.Errorf("git said %.100q of an object", line)
}

// peel returns the commit that an object id, or the beginning of one, leads to; empty for none.
func (o *objects) peel(name string) (string, error) {
	for range maxNesting {
		info, err := o.info([]string{name})
		if err != nil {
			return "", err
		}
		switch named := info[0]; {
		case named.size > maxTag: // neither a person nor a tool writes such a commit or tag
			return "", nil
		case named.kind == "commit":
			return named.oid, nil
		case named.kind != "tag":
			return "", nil
		default:
			err = o.contents([]string{named.oid}, func(_ object, content []byte) { name = parseTag(content).object })
			if err != nil {
				return "", err
			}
		}
		if !objectID.MatchString(name) {
			return "", nil
		}
	}
	return "", nil
}
