package check

import (
	"slices"
	"strings"

	"misp-csirt-tooling/internal/manifest"
)

// copyleftIncompatible are licences that the FSF calls incompatible with every version of the GNU GPL
// (https://www.gnu.org/licenses/license-list.html; kept by hand), and those that are not free at all.
const copyleftIncompatible = `AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 AGPL-1.0-only AGPL-1.0-or-later Apache-1.0 Apache-1.1 APSL-2.0 BSD-4-Clause CDDL-1.0 CDDL-1.1 CPL-1.0
CPAL-1.0 EPL-1.0 EPL-2.0 gnuplot IPL-1.0 LPL-1.02 LPPL-1.2 MPL-1.0 MPL-1.1 MS-PL MS-RL NPL-1.0 NPL-1.1 OpenSSL OSL-1.0 OSL-1.1 OSL-2.0 OSL-2.1 OSL-3.0
PHP-3.01 QPL-1.0 SISSL Zend-2.0 ZPL-1.1 JSON SSPL-1.0 BUSL-1.1 Elastic-2.0`

// strong are the families of licences under which a whole program comes once a part of it is under them.
var strong = []string{"GPL", "AGPL"}

// unfit says why a dependency's licence does not fit the project's, "" if it fits or the table does not know. It is a
// first look by the FSF's list, no legal advice: whether a dependency is combined or merely called is not asked.
func unfit(project, dependency string) string {
	p, d := gnuForm.FindStringSubmatch(project), gnuForm.FindStringSubmatch(dependency)
	gnu := p != nil && p[1] != "GFDL"
	switch {
	case strings.Contains(dependency, "-NC") || strings.Contains(dependency, "-ND"):
		return "forbids uses that the project's licence allows"
	case gnu && slices.Contains(strings.Fields(copyleftIncompatible), dependency):
		return "is incompatible with the GNU licences"
	case gnu && p[2] == "2.0" && p[3] == "-only" && dependency == "Apache-2.0":
		return "is incompatible with version 2 of the GPL"
	case gnu && d != nil && p[2] == "3.0" && d[2] == "2.0" && d[3] == "-only" && d[1] == "GPL":
		return "allows version 2 of the GPL only"
	case gnu && p[3] == "-only" && p[2] == "2.0" && d != nil && d[2] == "3.0":
		return "needs version 3 of the GPL"
	case !gnu && d != nil && approvedBy(project) != "" && slices.Contains(strong, d[1]) &&
		!slices.Contains([]string{"EUPL", "CECILL-2.1", "CECILL-2.0"}, family(project)):
		return "asks for the GPL for the whole"
	}
	return ""
}

// conflict is a dependency whose licence does not fit.
type conflict struct {
	doc  *Doc
	dep  manifest.Dependency
	id   string
	says string
}

// conflicts compares the licences that lock files and inventories state with the project's. known is how many dependencies
// state one that can be read. What is needed for development only is not distributed.
func conflicts(project []string, lists []declaration) (found []conflict, known int) {
	for _, l := range lists {
		for _, dep := range l.deps.List {
			if dep.Dev || len(dep.Licenses) == 0 {
				continue
			}
			// Several licences of Composer and npm are a choice, as OR is in an expression: one that fits is enough.
			var ids []string
			for _, expr := range dep.Licenses {
				ids = append(ids, expressionIDs(expr)...)
			}
			if len(ids) == 0 {
				continue
			}
			known++
			for _, p := range project {
				var bad string
				for _, id := range ids {
					if bad = unfit(p, id); bad == "" {
						break
					}
				}
				if bad != "" {
					found = append(found, conflict{l.doc, dep, ids[0], bad})
					break
				}
			}
		}
	}
	return found, known
}
