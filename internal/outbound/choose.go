package outbound

import (
	"fmt"
	"slices"
	"strings"
)

// Choice is a service on the web that an operator chose.
type Choice struct {
	Name string
	Own  string // URL that begins the requests to one that the operator runs, empty for the usual one
}

// Choose reads which services of a list an operator chose: each as NAME, or as NAME=URL for one that the operator runs, and none
// twice. An error says what to write.
func Choose(specs, names []string) ([]Choice, error) {
	var out []Choice
	for _, spec := range specs {
		name, own, found := strings.Cut(spec, "=")
		switch {
		case !slices.Contains(names, name):
			return nil, fmt.Errorf("there is no service %q: use one of %s", name, strings.Join(names, ", "))
		case found && own == "":
			return nil, fmt.Errorf("service %s: write %s, or %s=URL for one of your own", name, name, name)
		case slices.ContainsFunc(out, func(c Choice) bool { return c.Name == name }):
			return nil, fmt.Errorf("service %s is named twice", name)
		}
		out = append(out, Choice{name, own})
	}
	return out, nil
}
