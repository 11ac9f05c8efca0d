package check

import (
	"strings"
	"testing"
)

func TestUnfit(t *testing.T) {
	for _, tt := range []struct{ project, dependency, says string }{
		{"AGPL-3.0", "Apache-2.0", ""}, {"AGPL-3.0", "GPL-3.0-only", ""}, {"AGPL-3.0-or-later", "GPL-2.0-or-later", ""}, {"AGPL-3.0", "MIT", ""},
		{"AGPL-3.0", "GPL-2.0-only", "version 2 of the GPL only"}, {"AGPL-3.0", "BSD-4-Clause", "incompatible with the GNU"}, {"GPL-2.0-only", "Apache-2.0", "version 2 of the GPL"},
		{"GPL-2.0-or-later", "Apache-2.0", ""}, {"GPL-2.0-only", "LGPL-3.0-only", "needs version 3"},
		{"MIT", "GPL-3.0-or-later", "asks for the GPL"}, {"MIT", "LGPL-2.1-only", ""}, {"EUPL-1.2", "GPL-3.0-only", ""}, {"Apache-2.0", "MPL-2.0", ""},
		{"MIT", "CC-BY-NC-4.0", "forbids uses"}, {"", "GPL-3.0-only", ""},
	} {
		if got := unfit(tt.project, tt.dependency); (got == "") != (tt.says == "") || !strings.Contains(got, tt.says) {
			t.Errorf("unfit(%s, %s) = %q, want …%s…", tt.project, tt.dependency, got, tt.says)
		}
	}
}
