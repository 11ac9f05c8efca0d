package metrics

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestMetrics(t *testing.T) {
	m := New("1.2.3", "abc")
	m.Query(Hover, Answered, 40*time.Millisecond)
	m.Query(Hover, Answered, 2*time.Second)
	m.Finding("activity", "met")
	m.Looked("stale")
	m.Collection(CollectedWhole, time.Second, 300*time.Millisecond)
	m.Waiting(func() int { return 7 })
	for _, status := range []int{200, 304, 403, 502, 0} {
		m.Asked("github", status)
		m.AskedService("osv", status)
	}
	m.Granted("github.com", 4321)

	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body := rec.Body.String()
	for _, want := range []string{
		`misp_csirt_tooling_queries_total{kind="hover",outcome="answered"} 2`,
		`misp_csirt_tooling_queries_total{kind="automatic",outcome="late"} 0`,
		`misp_csirt_tooling_query_duration_seconds_bucket{kind="hover",le="0.1"} 1`,
		`misp_csirt_tooling_query_duration_seconds_count{kind="hover"} 2`,
		`misp_csirt_tooling_findings_total{criterion="activity",status="met"} 1`,
		`misp_csirt_tooling_build_info{revision="abc",version="1.2.3"} 1`,
		`misp_csirt_tooling_cache_lookups_total{result="stale"} 1`,
		`misp_csirt_tooling_collections_total{result="whole"} 1`,
		`misp_csirt_tooling_collection_duration_seconds_sum{phase="wait"} 1`,
		`misp_csirt_tooling_collection_duration_seconds_bucket{phase="collect",le="0.5"} 1`,
		`misp_csirt_tooling_collections_waiting 7`,
		`misp_csirt_tooling_forge_requests_total{kind="github",status="2xx"} 1`,
		`misp_csirt_tooling_forge_requests_total{kind="github",status="unchanged"} 1`,
		`misp_csirt_tooling_forge_requests_total{kind="github",status="4xx"} 1`,
		`misp_csirt_tooling_forge_requests_total{kind="github",status="none"} 1`,
		`misp_csirt_tooling_service_requests_total{service="osv",status="unchanged"} 1`,
		`misp_csirt_tooling_forge_ratelimit_remaining{forge="github.com"} 4321`,
		"go_goroutines ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	problems, err := testutil.GatherAndLint(m.Registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}
