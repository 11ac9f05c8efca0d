package manifest

import (
	"path"
	"slices"
	"strings"
)

// UpdateGlobs are the places of the configuration of update bots.
var UpdateGlobs = []string{
	".github/dependabot.y*ml", ".dependabot/config.yml",
	"{,.github/,.gitlab/}{renovate.json,renovate.json5,.renovaterc,.renovaterc.json,.renovaterc.json5}", ".pyup.yml", ".scala-steward.conf", ".github/updatecli/*",
}

// UpdateBot is what the configuration of an update bot says.
type UpdateBot struct {
	Name         string
	Line         int      // where the packages are named that it raises, else the first line that says what it raises
	Ecosystems   []string // of Dependabot, as it names them; empty where the bot finds them itself
	SecurityOnly bool     // versions are raised for vulnerabilities only
}

// Packages reports whether the bot raises the versions of packages, not only those of CI actions, base images and submodules.
func (b *UpdateBot) Packages() bool {
	return len(b.Ecosystems) == 0 || slices.ContainsFunc(b.Ecosystems, raisesPackages)
}

func raisesPackages(ecosystem string) bool {
	return !slices.Contains([]string{"github-actions", "docker", "docker-compose", "gitsubmodule", "devcontainers", "pre-commit"}, ecosystem)
}

// ReadUpdateBot reads the configuration of Dependabot, Renovate, PyUp, Scala Steward or Updatecli; nil for another file, and
// for a bot that is switched off or has nothing to do.
func ReadUpdateBot(name, text string) *UpdateBot {
	lower := strings.ToLower(name)
	base := path.Base(lower)
	roots := parseYAML(text) // which JSON is a part of
	var root *value
	if len(roots) > 0 {
		root = roots[0]
	}
	switch {
	case strings.HasSuffix(lower, ".github/dependabot.yml"), strings.HasSuffix(lower, ".github/dependabot.yaml"), lower == ".dependabot/config.yml":
		return dependabot(root)
	case strings.HasPrefix(base, "renovate.json"), strings.HasPrefix(base, ".renovaterc"):
		if root.get("enabled").text() == "false" || strings.TrimSpace(text) == "" {
			return nil
		}
		return &UpdateBot{Name: "Renovate", Line: 1}
	case base == ".pyup.yml":
		if u := root.get("update"); u.text() == "false" || u.text() == "none" {
			return nil
		}
		return &UpdateBot{Name: "PyUp", Line: 1}
	case base == ".scala-steward.conf":
		return &UpdateBot{Name: "Scala Steward", Line: 1}
	case strings.Contains(lower, "updatecli/") && root != nil:
		return &UpdateBot{Name: "Updatecli", Line: 1}
	}
	return nil
}

func dependabot(root *value) *UpdateBot {
	b := &UpdateBot{Name: "Dependabot", SecurityOnly: true}
	for _, u := range append(root.get("updates").list(), root.get("update_configs").list()...) {
		ecosystem := u.get("package-ecosystem")
		if ecosystem == nil {
			ecosystem = u.get("package_manager")
		}
		if ecosystem.text() == "" {
			continue
		}
		if b.Line == 0 || !b.Packages() && raisesPackages(ecosystem.text()) {
			b.Line = u.line()
		}
		b.Ecosystems = append(b.Ecosystems, ecosystem.text())
		b.SecurityOnly = b.SecurityOnly && u.get("open-pull-requests-limit").text() == "0"
	}
	if len(b.Ecosystems) == 0 {
		return nil
	}
	return b
}
