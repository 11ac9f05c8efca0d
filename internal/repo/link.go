package repo

import (
	"net/url"
	"strconv"
	"strings"
)

// linkForms are the parts of the web addresses of one kind of forge, as they follow the repository's.
type linkForms struct {
	file   string // before the revision of a file
	item   string // between revision and path
	line   string // before the number of a line
	span   string // between the first and the last line
	commit string
	tag    string
	branch string // before the name of the default branch, where HEAD will not do
}

// Links makes the web addresses of one repository. The zero value, that of repositories without a web page that is
// known (local ones and plain git), makes empty strings.
type Links struct {
	base  string
	forms *linkForms
}

// Links returns the links of a repository. The name, if it is the reference's path in other case, gives the spelling.
func (h *Hosts) Links(ref Ref, name string) Links {
	d := h.doors[ref.Host]
	if d == nil || d.host.Name != ref.Host || d.forge.links == (linkForms{}) {
		return Links{}
	}
	if strings.EqualFold(name, ref.Path) {
		ref.Path = name
	}
	return Links{base: ref.String(), forms: &d.forge.links}
}

// File returns the address of lines of a file at a revision, which is permanent if that is a commit. Lines count from 1;
// first 0 means the whole file, last 0 or first a single line. A Path of "" is the root.
func (l Links) File(revision, path string, first, last int) string {
	if l.forms == nil {
		return ""
	}
	s := l.base + l.forms.file + escapePath(revision)
	if path != "" {
		s += l.forms.item + "/" + escapePath(path)
	}
	if first > 0 {
		s += l.forms.line + strconv.Itoa(first)
		if last > first {
			s += l.forms.span + strconv.Itoa(last)
		}
	}
	return s
}

// Newest returns the address of a file on the default branch, empty if its name is needed and unknown.
func (l Links) Newest(branch, path string) string {
	switch {
	case l.forms == nil || l.forms.branch == "":
		return l.File("HEAD", path, 0, 0)
	case branch == "":
		return ""
	}
	return l.base + l.forms.branch + escapePath(branch) + "/" + escapePath(path)
}

// Commit returns the address of a commit's page.
func (l Links) Commit(oid string) string {
	if l.forms == nil {
		return ""
	}
	return l.base + l.forms.commit + escapePath(oid)
}

// Tag returns the address of a tag's page.
func (l Links) Tag(name string) string {
	if l.forms == nil {
		return ""
	}
	return l.base + l.forms.tag + escapePath(name)
}

// escapePath percent-encodes a path but for its slashes.
func escapePath(path string) string {
	if strings.IndexFunc(path, func(r rune) bool { return !isWord(string(r), "-_./") }) < 0 {
		return path
	}
	elements := strings.Split(path, "/")
	for i, e := range elements {
		elements[i] = url.PathEscape(e)
	}
	return strings.Join(elements, "/")
}
