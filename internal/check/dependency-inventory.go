package check

import (
	"slices"

	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var dependencyInventory = &Check{
	ID:      "dependency-inventory",
	Name:    "Declared dependencies",
	Short:   "declared dependencies",
	Asks:    "Are the dependencies declared?",
	Clause:  practice.KnownRequirements,
	Why:     "Only declared dependencies can be checked for vulnerabilities and licences.",
	Fix:     "Declare the dependencies in the manifest of the language's package manager and commit its lock file.",
	Met:     "Manifests or lock files for the ecosystems in use.",
	Partial: "Only some of them.",
	Unmet:   "Dependencies exist and are declared nowhere.",

	Needs: repo.Files,
	Reads: slices.Concat(manifest.ManifestGlobs, pythonSample),
	Lists: slices.Concat(manifest.ManifestGlobs, manifest.LockGlobs, codeGlobs),
	Judge: judgeDependencyInventory,
}

// checked are the ecosystems of which a project without a manifest misses one: JavaScript is often a bundled library, C a small part.
var checked = []string{"Python", "Go", "Rust", "PHP", "Ruby", "Java", ".NET"}

func judgeDependencyInventory(v *View) Finding {
	declared := map[string]bool{}
	var evidence []Evidence
	var silent *Doc // a manifest that declares nothing
	for _, d := range declarations(v) {
		if len(d.deps.List) == 0 {
			if silent == nil && !d.deps.Lock && d.deps.Ecosystem != "Helm" { // a chart alone says nothing of the program that it deploys
				silent = d.doc
			}
			continue
		}
		declared[d.deps.Ecosystem] = true
		if len(evidence) < 4 {
			first := d.deps.List[0].Line
			evidence = append(evidence, at(d.doc, first, 0, "declares dependencies"))
		}
	}
	for _, p := range slices.Concat(v.Named(manifest.LockGlobs...), v.Named(manifest.ManifestGlobs...)) {
		ecosystem, lock := manifest.EcosystemOf(p)
		if readable := manifest.ReadDependencies(p, "") != nil; ecosystem == "" || readable && !lock {
			continue // what can be read was read
		}
		if !declared[ecosystem] && len(evidence) < 4 {
			evidence = append(evidence, named(p, "declares dependencies"))
		}
		declared[ecosystem] = true
	}
	code := inUse(v.Named(codeGlobs...))
	if len(declared) > 0 {
		total := 0
		for _, n := range code {
			total += n
		}
		for _, e := range checked {
			if n := code[e]; !declared[e] && n >= 5 && 4*n >= total && (e != "Python" || importsForeign(v)) {
				return partial(evidence, "dependencies are declared, but not those of the code in %s", e)
			}
		}
		return met(evidence, "dependencies are declared in %s", evidence[0].Path)
	}
	if d, module, ok := foreignImport(v); ok {
		loads := []Evidence{at(d, module.Line, 0, "loads a package")}
		if silent != nil {
			return unmet(append(loads, whole(silent, "declares none")), "%s declares no dependency, but %s loads %s", silent.Place(), d.Place(), module.Module)
		}
		return unmet(loads, "%s loads %s, which no manifest declares", d.Place(), module.Module)
	}
	switch {
	case silent != nil:
		return notApplicable("%s declares that there are no dependencies", silent.Place())
	case len(code) == 0:
		return notApplicable("there is no program in the tree that could have dependencies")
	case len(code) == 1 && code["Python"] > 0:
		return notApplicable("the programs load the standard library only")
	}
	return unmet(nil, "there are programs, but no manifest declares what they need")
}

func importsForeign(v *View) bool {
	_, _, ok := foreignImport(v)
	return ok
}
