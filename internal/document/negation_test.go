package document

import "testing"

func TestDenies(t *testing.T) {
	for _, tt := range []struct {
		sentence, phrase string
		want             bool
	}{
		{"We do not have a security policy.", "security policy", true},
		{"We have a security policy.", "security policy", false},
		{"There is no CLA, DCO or copyright assignment.", "copyright assignment", true},
		{"No contributor licence agreement is needed.", "contributor licence agreement", true},
		{"A CLA is not required.", "cla", true},
		{"A CLA isn’t needed", "cla", true},
		{"The project is CLA-free.", "cla", true},
		{"The security policy is not yet written", "security policy", true},
		{"You can contribute without signing a CLA.", "cla", true},
		{"Use the tracker instead of a mailing list.", "mailing list", true},
		{"Use the mailing list instead of the tracker.", "mailing list", false},
		{"This is not hard, see our security policy.", "security policy", false},
		{"Without further ado, here is the security policy.", "security policy", false},
		{"We do not offer a bounty, but we have a security policy.", "security policy", false},
		{"We do not offer a bounty, but we have a security policy.", "bounty", true},
		{"Please do not report security vulnerabilities in public issues.", "security vulnerabilities", false},
		{"We do not publish security advisories.", "security advisories", true},
		{"Do not hesitate to write to the security team.", "security team", false},
		{"If you do not get an answer, write to the security team.", "answer", false},
		{"This covers not only the security policy.", "security policy", false},
		{"Security policy: none", "security policy", true},
		{"We have no CLA. A CLA is evil.", "cla", false},
		{"The security policy, which does not cover plugins, is short.", "security policy", false},
		{"Es gibt keine Sicherheitsrichtlinie.", "sicherheitsrichtlinie", true},
		{"Il n'y a pas de politique de sécurité.", "politique de sécurité", true},
		{"No hay política de seguridad.", "política de seguridad", true},
		{"Projekt nie ma polityki bezpieczeństwa.", "polityki bezpieczeństwa", true},
		{"Works with or without a proxy.", "proxy", false},
		{"Something else.", "cla", false},
	} {
		if got := Denies(tt.sentence, tt.phrase); got != tt.want {
			t.Errorf("Denies(%q, %q) = %v", tt.sentence, tt.phrase, got)
		}
	}
	if !Denies("We have nothing.") || Denies("We have all.") || Denies("Not only this.") {
		t.Error("Denies without phrases does not tell a negation")
	}
}
