package forge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf16"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// Limits on the tree and the contents.
const (
	maxEntries  = 200_000  // files of the tree
	maxFolders  = 200_000  // folders of the tree, each counted as often as it stands there
	maxPath     = 4096     // bytes of a path
	maxListing  = 64 << 20 // bytes of the whole listing
	maxBlob     = 4 << 20  // bytes of a content: changelogs of megabytes are kept, and their top is what counts
	maxBlobs    = 600      // contents that are read: large projects want some five hundred
	maxContents = 16 << 20 // bytes of all contents
	maxLinks    = 1000     // symlinks that are resolved
	maxTarget   = 1024     // bytes of a symlink's target
	maxHops     = 3        // symlinks from one to the next, and rounds of contents after the first
)

// fetcher gets blobs that the reader lacks and says why those that are still missing could not be had. Nil: nothing is fetched.
type fetcher func(ctx context.Context, oids []string) (repo.Gap, string)

// files returns the tree of a commit with the contents that are wanted, and the commit's date.
func (r *reader) files(ctx context.Context, o *objects, commit string, want func([]repo.File) []string, fetch fetcher) (files []repo.File, at time.Time, err error) {
	t := &tree{reader: r, objects: o, fetch: fetch, blobs: map[string]repo.Fact[string]{}, targets: map[string]string{}}
	defer func() { t.objects.stop() }()
	err = t.objects.contents([]string{commit}, func(_ object, raw []byte) {
		c, _ := parseCommit(string(raw))
		at = c.Time
	})
	if err != nil {
		return nil, at, err
	}
	if t.files, err = r.list(ctx, commit); err != nil {
		return nil, at, err
	}
	t.wanted = make([]bool, len(t.files))
	t.index = make(map[string]int, len(t.files))
	for i := range t.files {
		t.index[t.files[i].Path] = i
	}
	if err := t.read(ctx, want); err != nil {
		return nil, at, err
	}
	return t.files, at, nil
}

// list returns the files of a commit's tree. Folders are listed too (-t), so that one that holds itself many times over, and
// no file, ends at a limit instead of keeping git busy in silence.
func (r *reader) list(ctx context.Context, commit string) ([]repo.File, error) {
	p, err := r.git.Start(ctx, outbound.Command{Dir: r.dir, Args: []string{"ls-tree", "-r", "-t", "-z", "--full-tree", commit}})
	if err != nil {
		return nil, err
	}
	defer p.Stop()
	files, err := parseTree(p.Stdout)
	if err != nil {
		return nil, err
	}
	if err := p.Wait(); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, &Error{Kind: ErrDamaged, Detail: "its tree cannot be read", Cause: err}
	}
	return files, nil
}

var modes = map[string]repo.Mode{
	"100644": repo.Regular, "100664": repo.Regular, "100755": repo.Executable, "120000": repo.Symlink, "160000": repo.Submodule,
}

// parseTree reads the files in the output of git ls-tree -r -t -z: "<mode> <type> <oid>\t<path>\0".
func parseTree(in io.Reader) ([]repo.File, error) {
	in = &io.LimitedReader{R: in, N: maxListing}
	lines := bufio.NewReaderSize(in, 64<<10)
	var files []repo.File
	folders := 0
	for {
		entry, err := lines.ReadSlice(0)
		switch {
		case err == io.EOF && in.(*io.LimitedReader).N == 0:
			return nil, &Error{Kind: ErrTooLarge, Detail: "its tree takes too much room"}
		case err == io.EOF && len(entry) == 0:
			return files, nil
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("a path of its tree is longer than %d bytes", maxPath)}
		case err != nil:
			return nil, fmt.Errorf("reading the tree: %w", err)
		}
		head, name, ok := strings.Cut(string(entry[:len(entry)-1]), "\t")
		f := strings.Split(head, " ")
		if !ok || len(f) != 3 || name == "" {
			return nil, fmt.Errorf("git said %.100q of a tree entry", entry)
		}
		if len(name) > maxPath {
			return nil, &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("a path of its tree is longer than %d bytes", maxPath)}
		}
		if f[1] == "tree" {
			if folders++; folders > maxFolders {
				return nil, &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("its tree has more than %d folders", maxFolders)}
			}
			continue
		}
		if len(files) == maxEntries {
			return nil, &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("its tree has more than %d files", maxEntries)}
		}
		files = append(files, repo.File{
			Path: valid(name), Mode: modes[f[0]], OID: f[2],
			Text: repo.Missing[string](repo.Unasked, ""),
		})
	}
}

// tree is a listing on the way to its contents.
type tree struct {
	files   []repo.File
	index   map[string]int               // by path
	wanted  []bool                       // by index
	blobs   map[string]repo.Fact[string] // by object id, what was read
	targets map[string]string            // by object id, what a symlink says
	bytes   int64                        // of what was read into blobs
	reader  *reader
	objects *objects
	fetch   fetcher
}

// read resolves the symlinks and reads what is wanted, round by round: what was read may lead to more.
func (t *tree) read(ctx context.Context, want func([]repo.File) []string) error {
	links := t.links()
	for range 1 + maxHops {
		var oids []string
		seen := map[string]bool{}
		more := len(links) > 0
		for _, p := range want(t.files) {
			i, ok := t.index[p]
			if !ok {
				continue
			}
			more = more || !t.wanted[i]
			t.wanted[i] = true
			oid := t.end(i)
			if _, done := t.blobs[oid]; oid != "" && !done && !seen[oid] {
				seen[oid] = true
				oids = append(oids, oid)
			}
		}
		if !more && len(oids) == 0 {
			break
		}
		if err := t.readBlobs(ctx, oids, links); err != nil {
			return err
		}
		t.fill(len(links) > 0)
		links = nil
	}
	return nil
}

// links returns the object ids of the symlinks.
func (t *tree) links() []string {
	var oids []string
	for i := range t.files {
		if t.files[i].Mode == repo.Symlink && len(oids) < maxLinks {
			oids = append(oids, t.files[i].OID)
		}
	}
	return oids
}

// end returns the object id of the content of a file, empty for none.
func (t *tree) end(i int) string {
	f := &t.files[i]
	switch f.Mode {
	case repo.Submodule:
		return ""
	case repo.Symlink:
		if f.Target == "" {
			return ""
		}
		return t.files[t.index[f.Target]].OID
	}
	return f.OID
}

// readBlobs reads contents and the targets of symlinks, as far as the limits allow.
func (t *tree) readBlobs(ctx context.Context, oids, links []string) error {
	if room := maxBlobs - len(t.blobs); len(oids) > room {
		for _, oid := range oids[room:] {
			t.blobs[oid] = repo.Missing[string](repo.TooLarge, fmt.Sprintf("more than %d files are wanted", maxBlobs))
		}
		oids = oids[:room]
	}
	found, gap, detail, err := t.find(ctx, append(links[:len(links):len(links)], oids...))
	if err != nil {
		return err
	}
	var read []string
	for _, o := range found[:len(links)] {
		if o.kind == "blob" && o.size <= maxTarget {
			read = append(read, o.oid)
		}
	}
	err = t.contents(ctx, read, func(o object, content []byte) { t.targets[o.oid] = string(content) })
	if err != nil {
		return err
	}
	read = nil
	for i, o := range found[len(links):] {
		switch {
		case o.kind != "blob":
			t.blobs[oids[i]] = repo.Missing[string](gap, detail)
		case o.size > maxBlob:
			t.blobs[oids[i]] = repo.Missing[string](repo.TooLarge, fmt.Sprintf("%d bytes, more than %d", o.size, maxBlob))
		case t.bytes+o.size > maxContents:
			t.blobs[oids[i]] = repo.Missing[string](repo.TooLarge, fmt.Sprintf("more than %d bytes are wanted", maxContents))
		default:
			t.bytes += o.size
			t.blobs[oids[i]] = repo.Missing[string](repo.Failed, "git cannot read it")
			read = append(read, o.oid)
		}
	}
	return t.contents(ctx, read, func(o object, content []byte) { t.blobs[o.oid] = repo.Known(text(content)) })
}

// find returns what the objects are, and why those that are missing are so.
func (t *tree) find(ctx context.Context, oids []string) (found []object, gap repo.Gap, detail string, err error) {
	gap, detail = repo.Absent, "the clone does not have it"
	found, err = t.objects.info(oids)
	if err != nil || t.fetch == nil {
		return found, gap, detail, err
	}
	var missing []string
	for i := range found {
		if found[i].oid == "" {
			missing = append(missing, oids[i])
		}
	}
	if len(missing) == 0 {
		return found, gap, detail, nil
	}
	gap, detail = t.fetch(ctx, missing)
	found, err = t.objects.info(oids)
	return found, gap, detail, err
}

// contents reads objects. If git ends early, as on a damaged one, those that are left are not read, and it is started anew.
func (t *tree) contents(ctx context.Context, oids []string, take func(object, []byte)) error {
	if len(oids) == 0 {
		return nil
	}
	if err := t.objects.contents(oids, take); err != nil {
		if ctx.Err() != nil {
			return err
		}
		again, err := t.reader.open(ctx)
		if err != nil {
			return err
		}
		t.objects.stop()
		t.objects = again
	}
	return nil
}

// fill puts what was read into the listing.
func (t *tree) fill(linksRead bool) {
	for i := range t.files {
		f := &t.files[i]
		if linksRead && f.Mode == repo.Symlink {
			f.Target = t.follow(f.Path)
		}
		if fact, ok := t.blobs[t.end(i)]; ok && t.wanted[i] {
			f.Text = fact
		}
	}
}

// follow returns the path of the file at the end of a path whose elements may be symlinks. It is empty if that leads out of
// the tree, to something else than a file, nowhere, or over too many links.
func (t *tree) follow(from string) string {
	var at []string // the elements behind us, none of which is a link
	ahead := strings.Split(from, "/")
	links := 0
	for len(ahead) > 0 {
		next := ahead[0]
		ahead = ahead[1:]
		switch next {
		case "", ".":
			continue
		case "..":
			if len(at) == 0 {
				return ""
			}
			at = at[:len(at)-1]
			continue
		}
		at = append(at, next)
		i, ok := t.index[strings.Join(at, "/")]
		if !ok || t.files[i].Mode != repo.Symlink {
			continue
		}
		target := valid(t.targets[t.files[i].OID])
		if links++; links > maxHops || target == "" || path.IsAbs(target) {
			return ""
		}
		at = at[:len(at)-1]
		ahead = append(strings.Split(target, "/"), ahead...)
	}
	end := strings.Join(at, "/")
	if i, ok := t.index[end]; !ok || t.files[i].Mode > repo.Executable {
		return ""
	}
	return end
}

// text returns the content of a file as valid UTF-8 without a byte order mark. UTF-16 is recognised by its mark.
func text(content []byte) string {
	switch {
	case bytes.HasPrefix(content, []byte{0xFF, 0xFE}):
		return fromUTF16(content[2:], binary.LittleEndian)
	case bytes.HasPrefix(content, []byte{0xFE, 0xFF}):
		return fromUTF16(content[2:], binary.BigEndian)
	}
	return valid(string(bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))))
}

func fromUTF16(content []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = order.Uint16(content[2*i:])
	}
	return string(utf16.Decode(units))
}
