package resolve

import "testing"

func TestParseCPE(t *testing.T) {
	for _, tt := range []struct {
		name string
		want CPE
		ok   bool
	}{
		{`cpe:2.3:a:misp:misp:2.4.100:*:*:*:*:*:*:*`, CPE{"a", "misp", "misp", "2.4.100"}, true},
		{`cpe:2.3:a:Vendor\.Inc:c\+\+_tool:1.0\:beta:-:*:*:*:*:*:*`, CPE{"a", "vendor.inc", "c++_tool", "1.0:beta"}, true},
		{`cpe:2.3:a:v:p:1.*:*:*:*:*:*:*:*`, CPE{"a", "v", "p", "1.*"}, true},
		{`cpe:/a:microsoft:internet_explorer:8.0.6001:beta`, CPE{"a", "microsoft", "internet_explorer", "8.0.6001"}, true},
		{`cpe:/a:microsoft:internet_explorer:8.%02:sp%01`, CPE{"a", "microsoft", "internet_explorer", "8.*"}, true},
		{`cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~`, CPE{"a", "hp", "insight_diagnostics", "7.4.0.1570"}, true},
		{`cpe:/a:foo%5cbar:big%24money_manager_2010`, CPE{"a", `foo\bar`, "big$money_manager_2010", "*"}, true},
		{`cpe:/a:c%2b%2b:tool`, CPE{"a", "c++", "tool", "*"}, true},
		{`cpe:/a:foo:bar:1:2:3:en:more`, CPE{}, false},
		{`cpe:/a:foo%zz:bar`, CPE{}, false},
		{`cpe:/a:foo%0:bar`, CPE{}, false},
		{`cpe:/a:foo%0abar:x`, CPE{}, false},
		{`cpe:2.3:a:v:p:1:*:*:*:*:*:*:\`, CPE{}, false},
		{`cpe:2.3:a:v::1:*:*:*:*:*:*:*`, CPE{}, false},
		{`cpe:2.3:a:v w:p:1:*:*:*:*:*:*:*`, CPE{}, false},
		{`cpe:2.3:a:v/w:p:1:*:*:*:*:*:*:*`, CPE{}, false},
		{`cpe:2.3:a:vé:p:1:*:*:*:*:*:*:*`, CPE{}, false},
		{`cpe:2.2:a:v:p`, CPE{}, false},
		{`cpe:`, CPE{}, false},
	} {
		got, ok := ParseCPE(tt.name)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("%s: got %+v %v, want %+v %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}
