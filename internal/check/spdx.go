package check

import (
	"strings"
	"sync"

	"github.com/github/go-spdx/v2/spdxexp"
	"misp-csirt-tooling/internal/pattern"
)

// osiApproved and fsfLibre are the identifiers of the SPDX licence list, revision 614a375 of 2025-10-15, whose fields
// isOsiApproved and isFsfLibre say so (https://spdx.org/licenses/licenses.json). Deprecated identifiers are left out:
// canonical gives the current ones. fsfLibre are those that OSI did not approve.
const osiApproved = `0BSD AAL AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 APL-1.0 APSL-1.0 APSL-1.1 APSL-1.2 APSL-2.0
Artistic-1.0 Artistic-1.0-cl8 Artistic-1.0-Perl Artistic-2.0 BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause
BSD-3-Clause-LBNL BSD-3-Clause-Open-MPI BSL-1.0 CAL-1.0 CAL-1.0-Combined-Work-Exception CATOSL-1.1 CDDL-1.0 CECILL-2.1 CERN-OHL-P-2.0 CERN-OHL-S-2.0
CERN-OHL-W-2.0 CNRI-Python CPAL-1.0 CPL-1.0 CUA-OPL-1.0 ECL-1.0 ECL-2.0 EFL-1.0 EFL-2.0 Entessa EPL-1.0 EPL-2.0 EUDatagrid EUPL-1.1 EUPL-1.2 Fair
Frameworx-1.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later HPND ICU Intel IPA IPL-1.0 ISC Jam LGPL-2.0-only LGPL-2.0-or-later
LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later LiLiQ-P-1.1 LiLiQ-R-1.1 LiLiQ-Rplus-1.1 LPL-1.0 LPL-1.02 LPPL-1.3c MirOS MIT MIT-0
MIT-Modern-Variant Motosoto MPL-1.0 MPL-1.1 MPL-2.0 MPL-2.0-no-copyleft-exception MS-PL MS-RL MulanPSL-2.0 Multics NASA-1.3 Naumen NCSA NGPL Nokia
NPOSL-3.0 NTP OCLC-2.0 OFL-1.1 OFL-1.1-no-RFN OFL-1.1-RFN OGTSL OLDAP-2.8 OLFL-1.3 OSET-PL-2.1 OSL-1.0 OSL-2.0 OSL-2.1 OSL-3.0 PHP-3.0 PHP-3.01
PostgreSQL Python-2.0 QPL-1.0 RPL-1.1 RPL-1.5 RPSL-1.0 RSCPL SimPL-2.0 SISSL Sleepycat SPL-1.0 UCL-1.0 Unicode-3.0 Unicode-DFS-2016 Unlicense
UPL-1.0 VSL-1.0 W3C W3C-20150513 Watcom-1.0 WordNet Xnet Zlib ZPL-2.0 ZPL-2.1`

const fsfLibre = `AGPL-1.0-only AGPL-1.0-or-later Apache-1.0 BitTorrent-1.1 BSD-3-Clause-Clear BSD-4-Clause CC-BY-4.0 CC-BY-SA-4.0 CC0-1.0 CECILL-2.0 CECILL-B
CECILL-C ClArtistic Condor-1.1 FSFAP FTL GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2-only GFDL-1.2-or-later GFDL-1.3-only GFDL-1.3-or-later gnuplot IJG
iMatix Imlib2 LPPL-1.2 LPPL-1.3a NOSL NPL-1.0 NPL-1.1 ODbL-1.0 OFL-1.0 OLDAP-2.3 OLDAP-2.7 OpenSSL OSL-1.1 Ruby SGI-B-2.0 SMLNJ Vim WTFPL X11
XFree86-1.1 xinetd YPL-1.1 Zend-2.0 Zimbra-1.3`

// approvals maps an identifier to the list that approves it.
var approvals = sync.OnceValue(func() map[string]string {
	by := map[string]string{}
	for _, id := range strings.Fields(fsfLibre) {
		by[id] = "free on the FSF's list"
	}
	for _, id := range strings.Fields(osiApproved) {
		by[id] = "approved by OSI"
	}
	return by
})

// gnuForm takes apart the identifiers of the licences whose version may be followed by later ones.
var gnuForm = pattern.New(`^(A?GPL|LGPL|GFDL)-(\d\.\d)(-only|-or-later|\+)?$`)

// canonical returns the current identifier for a deprecated one. Where nobody said whether later versions may be used,
// as in the mere text of the GPL, that stays open: the identifier is the bare one (AGPL-3.0), which approval understands.
func canonical(id string) string {
	if bare, ok := strings.CutSuffix(id, "+"); ok {
		return strings.TrimSuffix(bare, "-or-later") + "-or-later" // the parser of expressions adds a plus to what allows later versions
	}
	switch id {
	case "BSD-2-Clause-FreeBSD", "BSD-2-Clause-NetBSD":
		return "BSD-2-Clause"
	case "StandardML-NJ":
		return "SMLNJ"
	}
	return id
}

// approvedBy says which list approves a licence by its identifier, "" if none does.
func approvedBy(id string) string {
	id = canonical(id)
	if m := gnuForm.FindStringSubmatch(id); m != nil && m[3] == "" {
		id += "-only" // the lists know both forms or none
	}
	return approvals()[id]
}

// maxExpression is the length of an expression that is taken apart and maxChoices the number of its alternatives: more is
// nobody's licence, and alternatives multiply.
const (
	maxExpression = 250
	maxChoices    = 8
)

// withException is an exception in an SPDX expression.
var withException = pattern.New(`(?i)\s+WITH\s+[A-Za-z0-9.-]+`)

// expressionApproved reports whether an SPDX expression leaves a user the choice of approved licences only. Exceptions
// add permissions, so they change nothing. ok is false if the expression does not parse.
func expressionApproved(expr string) (approved, ok bool) {
	expr = withException.ReplaceAllString(expr, "")
	ids := parseExpression(expr)
	if len(ids) == 0 {
		return false, false
	}
	var allowed []string
	for _, id := range ids {
		if approvedBy(id) != "" {
			allowed = append(allowed, id)
		}
	}
	if len(allowed) == 0 {
		return false, true
	}
	approved, err := spdxexp.Satisfies(expr, allowed)
	return approved, err == nil
}

// parseExpression returns the identifiers in an expression as the parser writes them, nil if it is malformed. The parser
// does not only return errors: an open parenthesis makes it panic.
func parseExpression(expr string) (ids []string) {
	if len(expr) > maxExpression || strings.Count(strings.ToUpper(expr), "OR") > maxChoices {
		return nil
	}
	defer func() {
		if recover() != nil {
			ids = nil
		}
	}()
	ids, err := spdxexp.ExtractLicenses(expr)
	if err != nil {
		return nil
	}
	return ids
}

// expressionIDs returns the identifiers in an SPDX expression, without exceptions, nil if it does not parse.
func expressionIDs(expr string) []string {
	ids := parseExpression(withException.ReplaceAllString(strings.TrimSpace(expr), ""))
	for i := range ids {
		ids[i] = canonical(ids[i])
	}
	return ids
}
