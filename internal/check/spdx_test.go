package check

import (
	"slices"
	"strings"
	"testing"
)

func TestApprovedBy(t *testing.T) {
	for id, want := range map[string]string{
		"AGPL-3.0": "OSI", "AGPL-3.0-or-later": "OSI", "GPL-2.0+": "OSI", "LGPL-2.1-only": "OSI", "BSD-2-Clause-FreeBSD": "OSI",
		"CC0-1.0": "FSF", "CC-BY-4.0": "FSF", "GFDL-1.3": "FSF", "EUPL-1.2": "OSI",
		"CC-BY-3.0": "", "CC-BY-NC-SA-4.0": "", "SSPL-1.0": "", "BUSL-1.1": "", "Elastic-2.0": "", "DRL-1.1": "", "JSON": "", "GPL": "", "": "",
	} {
		if got := approvedBy(id); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("approvedBy(%q) = %q, want …%s…", id, got, want)
		}
	}
}

func TestExpressionApproved(t *testing.T) {
	for _, tt := range []struct {
		expr         string
		approved, ok bool
	}{
		{"MIT", true, true},
		{"GPL-2.0-only WITH Classpath-exception-2.0", true, true},
		{"MIT OR SSPL-1.0", true, true},
		{"MIT AND CC-BY-NC-4.0", false, true},
		{"(MIT AND Apache-2.0) OR BUSL-1.1", true, true},
		{"AGPL-3.0", true, true},
		{"AGPL-3.0-or-later", true, true},
		{"GPL-2.0+ AND MIT", true, true},
		{"Elastic-2.0", false, true},
		{"GNU AGPL", false, false},
		{"", false, false},
		{"(", false, false},
		{"(MIT OR", false, false},
		{strings.Repeat("(MIT OR ISC) AND ", 40) + "MIT", false, false},
	} {
		if approved, ok := expressionApproved(tt.expr); approved != tt.approved || ok != tt.ok {
			t.Errorf("expressionApproved(%q) = %v, %v, want %v, %v", tt.expr, approved, ok, tt.approved, tt.ok)
		}
	}
}

func TestNamedLicenses(t *testing.T) {
	for text, want := range map[string]string{
		"GNU Affero General Public License v3.0": "AGPL-3.0",
		"AGPLv3":                                 "AGPL-3.0",
		"AGPL-V3":                                "AGPL-3.0",
		"GNU Affero Public License version v3.0": "AGPL-3.0",
		"AGPLv3+":                                "AGPL-3.0-or-later",
		"AGPL-3.0-or-later":                      "AGPL-3.0-or-later",
		"GPL (>= 2)":                             "GPL-2.0",
		"LGPL3 license":                          "LGPL-3.0",
		"GNU GPL version 2 only":                 "GPL-2.0-only",
		"version 3 of the GNU GPL":               "GPL-3.0",
		"(Affero General Public License)":        "AGPL",
		"License :: OSI Approved :: GNU Affero General Public License v3 or later (AGPLv3+)":                                                              "AGPL-3.0-or-later AGPL-3.0-or-later",
		"License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)":                                                                        "LGPL-3.0 LGPL-3.0",
		"GNU General Public License as published by the Free Software Foundation, either version 2 of the License, or (at your option) any later version": "GPL-2.0-or-later",
		"GNU Affero General Public License, Version 3, as published by":                                                                                   "AGPL-3.0",
		"Apache License, Version 2.0":      "Apache-2.0",
		"APLv2":                            "Apache-2.0",
		"Apache Software License":          "Apache",
		"the Modified BSD license":         "BSD-3-Clause",
		"BSD 3-Clause":                     "BSD-3-Clause",
		"2-clause BSD":                     "BSD-2-Clause",
		"BSD License":                      "BSD",
		"The MIT License":                  "MIT",
		"we permit and submit":             "",
		"EUPL v1.2":                        "EUPL-1.2",
		"Detection Rule License (DRL) 1.1": "DRL-1.1",
		"CC BY-NC-SA 4.0":                  "CC-BY-NC-SA-4.0",
		"Creative Commons Attribution-NonCommercial 4.0": "CC-BY-NC-4.0",
		"CC0":                               "CC0-1.0",
		"MIT or Apache-2.0":                 "MIT Apache-2.0",
		"Business Source License":           "BUSL-1.1",
		"UTF-8 and SHA-256":                 "",
		"a Mozilla Public License 2.0 file": "MPL-2.0",
	} {
		var got []string
		for _, m := range namedLicenses(text) {
			got = append(got, m.id)
		}
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("namedLicenses(%q) = %v, want %s", text, got, want)
		}
	}
}

func FuzzNamedLicenses(f *testing.F) {
	f.Add("GNU GPL version 2 or (at your option) any later version, CC-BY-SA-4.0+ or BSD 3-Clause")
	f.Add("(MIT OR Apache-2.0) AND LicenseRef-x")
	f.Add("(")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		for _, m := range namedLicenses(text) {
			if m.id == "" || m.start < 0 || m.end > len(text) || m.start >= m.end {
				t.Errorf("%q: mention %+v", text, m)
			}
		}
		readLicenseText(text)
		expressionApproved(text)
	})
}
