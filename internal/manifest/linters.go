package manifest

import (
	"path"
	"slices"
	"strings"
)

// LintsSecurity reports whether the configuration of a general linter turns on its rules for security: gosec in golangci-lint
// (.golangci.yml, .yaml, .toml), the rules S of flake8-bandit in Ruff (pyproject.toml, ruff.toml).
func LintsSecurity(file, text string) bool {
	if len(text) > maxCI {
		return false
	}
	base := strings.ToLower(path.Base(file))
	switch {
	case base == ".golangci.yml" || base == ".golangci.yaml":
		for _, root := range parseYAML(text) {
			l := root.get("linters")
			if golangci(l.get("enable").texts(), l.get("disable").texts(), l.get("enable-all").yes() || l.get("default").text() == "all") {
				return true
			}
		}
	case base == ".golangci.toml":
		var c struct {
			Linters struct {
				Enable, Disable []string
				EnableAll       bool   `toml:"enable-all"`
				Default         string `toml:"default"`
			}
		}
		err := decodeTOML(text, &c)
		return err == nil && golangci(c.Linters.Enable, c.Linters.Disable, c.Linters.EnableAll || c.Linters.Default == "all")
	case base == "pyproject.toml":
		var c struct{ Tool struct{ Ruff ruff } }
		err := decodeTOML(text, &c)
		return err == nil && c.Tool.Ruff.security()
	case strings.HasSuffix(base, "ruff.toml"):
		var c ruff
		err := decodeTOML(text, &c)
		return err == nil && c.security()
	}
	return false
}

func golangci(enable, disable []string, all bool) bool {
	return slices.Contains(enable, "gosec") || all && !slices.Contains(disable, "gosec")
}

// ruff is what matters of its configuration; the rules stand under lint since version 0.2.
type ruff struct {
	ruffRules
	Lint ruffRules
}

type ruffRules struct {
	Select       []string
	ExtendSelect []string `toml:"extend-select"`
	Ignore       []string
}

func (r *ruff) security() bool {
	rules := slices.Concat(r.Select, r.ExtendSelect, r.Lint.Select, r.Lint.ExtendSelect)
	ignored := slices.Concat(r.Ignore, r.Lint.Ignore)
	return slices.ContainsFunc(rules, func(rule string) bool {
		return rule == "ALL" || rule == "S" || len(rule) > 1 && rule[0] == 'S' && rule[1] >= '0' && rule[1] <= '9'
	}) && !slices.Contains(ignored, "S")
}
