package manifest

import (
	"strings"

	"misp-csirt-tooling/internal/pattern"
)

var (
	// psComment is a comment of PowerShell: the rest of a line or a block.
	psComment = pattern.New(`(?s:<#.*?#>)|(?m:(?:^|[ \t])#.*$)`)
	// psTable is a hash table that holds no other one, as a specification of a module is written: @{ModuleName = 'a'; ModuleVersion = '1.0'}.
	psTable = pattern.New(`@\{[^{}]*\}`)
	// psField is a field of such a specification.
	psField = pattern.New(`(?i)\b(ModuleName|ModuleVersion|RequiredVersion|MaximumVersion)\s*=\s*(?:\[version\]\s*)?["']([^"'\n]+)["']`)
	// psRequired is the list of modules in a manifest of a module, in parentheses or not.
	psRequired = pattern.New(`(?im)^[ \t]*RequiredModules\s*=\s*(?:@\([^()]*\)|(?:["'][^"'\n]+["'][ \t]*,?\s*)+)`)
	// psName is a module in that list that is named without a version.
	psName = pattern.New(`["']([^"'\n]+)["']`)
)

// powerShell reads the specifications of modules in a manifest or a script of PowerShell (about_Module_Manifests, ModuleSpecification).
func powerShell(d *Dependencies, text string) {
	text = psComment.ReplaceAllStringFunc(text, blankLines)
	line := lineCounter(text)
	for _, at := range psTable.FindAllStringIndex(text, maxDependencies) {
		dep := Dependency{Line: line(at[0])}
		for _, m := range psField.FindAllStringSubmatch(text[at[0]:at[1]], -1) {
			switch strings.ToLower(m[1]) {
			case "modulename":
				dep.Name = m[2]
			case "requiredversion":
				dep.Version, dep.Exact = m[2], true
			case "moduleversion":
				if !dep.Exact {
					dep.Version = ">=" + m[2]
				}
			}
		}
		d.add(dep)
	}
	if at := psRequired.FindStringIndex(text); at != nil {
		first := strings.Count(text[:at[0]], "\n")
		list := psTable.ReplaceAllStringFunc(text[at[0]:at[1]], blankLines)
		line = lineCounter(list)
		for _, m := range psName.FindAllStringSubmatchIndex(list, maxDependencies) {
			d.add(Dependency{Name: list[m[2]:m[3]], Line: first + line(m[2])})
		}
	}
}

// blankLines empties a text and leaves its lines.
func blankLines(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) }

// lineCounter returns a function that tells the line of an offset, for offsets that rise.
func lineCounter(text string) func(offset int) int {
	line, seen := 1, 0
	return func(offset int) int {
		line += strings.Count(text[seen:offset], "\n")
		seen = offset
		return line
	}
}
