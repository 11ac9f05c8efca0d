package resolve

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/package-url/packageurl-go"
	"go.yaml.in/yaml/v3"

	"misp-csirt-tooling/internal/repo"
)

// Tool is an entry of a catalogue: what a tool is called, and where its repository is.
type Tool struct {
	Name       string   `yaml:"name"`
	Aliases    []string `yaml:"aliases"`    // other names
	CPEs       []string `yaml:"cpes"`       // vendor:product as CPE names have them
	Packages   []string `yaml:"packages"`   // package URLs without a version
	Repository string   `yaml:"repository"` // its address
	Former     []string `yaml:"former"`     // addresses at which the repository was
	Sites      []string `yaml:"sites"`      // the tool's own web pages, without those below them

	target repo.Target
}

// Catalogue finds tools by what they are called. It is immutable, so it may be used by several goroutines at once. The nil
// catalogue is empty.
type Catalogue struct {
	tools []*Tool
	keys  map[string][]*Tool
}

// The kinds of keys, each a name space of its own.
const (
	byName    = "name "
	byCPE     = "cpe "
	byPackage = "package "
	byAddress = "address " // of the repository, now and formerly, and of sites
	byOwner   = "owner "
)

//go:embed catalogue.yaml
var builtin []byte

// maxCatalogue is the size of the largest catalogue that is read, in bytes.
const maxCatalogue = 4 << 20

// Builtin returns the catalogue that comes with the program. Hosts must list the forges that it names.
func Builtin(hosts *repo.Hosts) (*Catalogue, error) {
	return ReadCatalogue(hosts, bytes.NewReader(builtin))
}

// ReadCatalogue reads a catalogue in YAML, or JSON, which is a part of it: a list of tools, as Tool describes them. An
// unknown key, an address that is not one of a repository, and anything else that would never be found is an error.
func ReadCatalogue(hosts *repo.Hosts, r io.Reader) (*Catalogue, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxCatalogue+1))
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	if len(text) > maxCatalogue {
		return nil, fmt.Errorf("read catalogue: larger than %d bytes", maxCatalogue)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var tools []*Tool
	if err := d.Decode(&tools); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	c := &Catalogue{keys: map[string][]*Tool{}}
	for i, t := range tools {
		if t == nil {
			return nil, fmt.Errorf("read catalogue: tool %d is empty", i+1)
		}
		if err := c.add(hosts, t); err != nil {
			return nil, fmt.Errorf("read catalogue: tool %d, %q: %w", i+1, t.Name, err)
		}
	}
	return c, nil
}

// Merge returns a catalogue of both, in which a tool of the second replaces the one of the first with the same name.
func Merge(first, second *Catalogue) *Catalogue {
	c := &Catalogue{keys: map[string][]*Tool{}}
	for _, t := range first.tools {
		same := func(other *Tool) bool { return nameKey(other.Name) == nameKey(t.Name) }
		if !slices.ContainsFunc(second.tools, same) {
			c.index(t)
		}
	}
	for _, t := range second.tools {
		c.index(t)
	}
	return c
}

func (c *Catalogue) add(hosts *repo.Hosts, t *Tool) error {
	if nameKey(t.Name) == "" {
		return errors.New("the name is missing")
	}
	if t.target = hosts.Parse("url", t.Repository); t.target.Meaning != repo.Repository {
		return fmt.Errorf("%q is not the address of a repository at a known host", t.Repository)
	}
	for _, s := range t.Former {
		if hosts.Parse("url", s).Meaning != repo.Repository {
			return fmt.Errorf("%q is not the address of a repository", s)
		}
	}
	for _, s := range t.Sites {
		if hosts.Parse("url", s).Ref.IsZero() {
			return fmt.Errorf("%q is not the address of a web page", s)
		}
	}
	for _, s := range t.CPEs {
		vendor, product, _ := strings.Cut(s, ":")
		if !isValue(vendor) || !isValue(product) || strings.Contains(product, ":") || strings.ToLower(s) != s {
			return fmt.Errorf("%q is not vendor:product in lower case", s)
		}
	}
	for _, s := range t.Packages {
		if _, err := packageKey(s); err != nil {
			return fmt.Errorf("%q: %w", s, err)
		}
	}
	for i, s := range t.Former {
		t.Former[i] = hosts.Parse("url", s).Ref.String()
	}
	for i, s := range t.Sites {
		t.Sites[i] = hosts.Parse("url", s).Ref.String()
	}
	c.index(t)
	return nil
}

func (c *Catalogue) index(t *Tool) {
	c.tools = append(c.tools, t)
	add := func(kind, key string) {
		if tools := c.keys[kind+key]; len(tools) == 0 || tools[len(tools)-1] != t {
			c.keys[kind+key] = append(tools, t)
		}
	}
	for _, s := range append([]string{t.Name}, t.Aliases...) {
		add(byName, nameKey(s))
	}
	for _, s := range t.CPEs {
		add(byCPE, s)
	}
	for _, s := range t.Packages {
		key, _ := packageKey(s)
		add(byPackage, key)
	}
	address := t.target.Ref.String()
	for _, s := range append(append([]string{address}, t.Former...), t.Sites...) {
		add(byAddress, s)
	}
	add(byOwner, address[:strings.LastIndexByte(address, '/')])
}

// find returns the tools that a value means, with the reason.
func (c *Catalogue) find(r reading) ([]*Tool, string) {
	if c == nil {
		return nil, ""
	}
	switch r.Meaning {
	case repo.Name:
		return c.keys[byName+nameKey(r.Name)], "known by the name " + r.Name
	case repo.CPE:
		return c.keys[byCPE+r.Name], "known by the vendor and product " + r.Name
	case repo.Package:
		return c.keys[byPackage+r.Forge+"/"+strings.ToLower(r.Name)], "known as the " + r.Forge + " package " + r.Name
	case repo.Owner:
		return c.keys[byOwner+r.Ref.String()], "one of the owner's repositories"
	case repo.Repository:
		return c.keys[byAddress+r.Ref.String()], "the repository that was at this address"
	case repo.Site:
		if r.Forge != "" {
			return c.keys[byAddress+r.Ref.String()], "the repository of these pages"
		}
		return c.keys[byAddress+r.Ref.String()], "the tool's own web page"
	}
	return nil, ""
}

// Of returns what a catalogue says of a repository: the products that are made of it, as VENDOR:PRODUCT of CPE names, and its packages,
// as package URLs without a version.
func (c *Catalogue) Of(ref repo.Ref) (products, packages []string) {
	if c == nil {
		return nil, nil
	}
	for _, t := range c.keys[byAddress+ref.String()] {
		if t.target.Ref == ref {
			products, packages = append(products, t.CPEs...), append(packages, t.Packages...)
		}
	}
	return products, packages
}

// version returns the tool's repository, at the tag of the version that a package has.
func (t *Tool) version(r reading) repo.Target {
	target := t.target
	target.SetVersion(Tag(repo.Target{Forge: r.Forge, Name: r.Name, Revision: r.version}))
	if r.Meaning == repo.Repository { // at a former address
		target.Revision, target.Subpath, target.Pinned = r.Revision, r.Subpath, r.Pinned
	}
	return target
}

// nameKey folds what people write differently: case, blanks and punctuation.
func nameKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '+' {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func packageKey(s string) (string, error) {
	u, err := packageurl.FromString(s)
	if err != nil {
		return "", err
	}
	name := u.Name
	if u.Namespace != "" {
		name = u.Namespace + "/" + name
	}
	if u.Type == "pypi" {
		name = pypiName(name)
	}
	return u.Type + "/" + strings.ToLower(name), nil
}
