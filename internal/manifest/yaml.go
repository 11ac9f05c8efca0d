package manifest

import (
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxNodes is how many nodes of a YAML file are visited, aliases counted as often as they are followed.
const maxNodes = 50_000

// value is a node of a YAML file. The nil value is what is not there.
type value struct {
	node *yaml.Node
	left *int // nodes that may still be visited
}

// parseYAML returns the documents of a YAML stream, up to the first one that is malformed.
func parseYAML(text string) []*value {
	left := maxNodes
	var roots []*value
	for dec := yaml.NewDecoder(strings.NewReader(text)); len(roots) < 100; {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			return roots
		} else if err != nil {
			return roots
		}
		if len(doc.Content) > 0 {
			roots = append(roots, &value{doc.Content[0], &left})
		}
	}
	return roots
}

// at wraps a node, an alias as what it stands for.
func (v *value) at(n *yaml.Node) *value {
	if *v.left--; *v.left < 0 {
		return nil
	}
	for hops := 0; n.Kind == yaml.AliasNode && hops < 10; hops++ {
		n = n.Alias
	}
	return &value{n, v.left}
}

func (v *value) line() int {
	if v == nil {
		return 0
	}
	return v.node.Line
}

// text returns a scalar, "" for everything else.
func (v *value) text() string {
	if v == nil || v.node.Kind != yaml.ScalarNode || v.node.Tag == "!!null" {
		return ""
	}
	return v.node.Value
}

// get returns what stands under a key of a mapping, its merged mappings included.
func (v *value) get(key string) *value {
	if v == nil || v.node.Kind != yaml.MappingNode {
		return nil
	}
	var merged *value
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		switch k := v.node.Content[i]; {
		case k.Value == key:
			return v.at(v.node.Content[i+1])
		case k.Tag == "!!merge":
			for _, m := range v.at(v.node.Content[i+1]).list() {
				if merged == nil && m != nil {
					merged = m.get(key)
				}
			}
		}
	}
	return merged
}

// entry is a key of a mapping with its value.
type entry struct {
	key  string
	line int
	*value
}

// entries returns the entries of a mapping in the order of the text.
func (v *value) entries() []entry {
	if v == nil || v.node.Kind != yaml.MappingNode {
		return nil
	}
	var out []entry
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		if e := v.at(v.node.Content[i+1]); e != nil {
			out = append(out, entry{v.node.Content[i].Value, v.node.Content[i].Line, e})
		}
	}
	return out
}

// list returns the elements of a sequence; any other value is a sequence of itself.
func (v *value) list() []*value {
	if v == nil {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		return []*value{v}
	}
	var out []*value
	for _, n := range v.node.Content {
		if e := v.at(n); e != nil {
			out = append(out, e)
		}
	}
	return out
}

// texts returns the scalars of a sequence, nested ones too.
func (v *value) texts() []string {
	if t := v.text(); t != "" || v == nil || v.node.Kind != yaml.SequenceNode {
		if t == "" {
			return nil
		}
		return []string{t}
	}
	var out []string
	for _, e := range v.list() {
		out = append(out, e.texts()...)
	}
	return out
}

// yes reports whether a scalar is true as YAML 1.1 and 1.2 write it.
func (v *value) yes() bool {
	switch strings.ToLower(v.text()) {
	case "true", "yes", "on", "1":
		return true
	}
	return false
}
