package kener_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

// TestEveryExampleWorks does what the examples do, in their order, with the real server: an example
// that fails ends the whole run.
func TestEveryExampleWorks(t *testing.T) {
	client = server(t)
	for _, each := range []func(){
		Example, ExampleMonitorService_Create, ExampleMonitorService_All, ExampleMonitorService_List,
		ExampleMonitorService_Update, ExampleMonitorService_Uptime, ExampleIncidentService_Create,
		ExampleClient_Status, ExampleMaintenanceService_Create, ExampleError, ExampleIfMatch,
		ExampleIdempotencyKey, ExampleSecretService_Put, ExampleHeartbeatService_Exit,
	} {
		each()
	}
	monitor := must(client.Monitors.Get(t.Context(), "api-server"))(t)
	equal(t, "the name", monitor.Name, "API")
	equal(t, "the interval", monitor.Interval, 60)
	for _, each := range []string{"api-server", "backup"} {
		tidy(t, client.Monitors.Delete, each)
	}
	tidy(t, client.Secrets.Delete, "SHOP_TOKEN")
}

func TestEveryExampleIsTried(t *testing.T) {
	tried := string(must(os.ReadFile("examples_test.go"))(t))
	for _, file := range []string{"example_test.go", "example_reports_test.go"} {
		for line := range strings.Lines(string(must(os.ReadFile(file))(t))) {
			name, isOne := strings.CutPrefix(line, "func Example")
			name, _, _ = strings.Cut(name, "(")
			if isOne && name != "" && !strings.Contains(tried, "Example"+name) {
				t.Errorf("Example%s is not tried", name)
			}
		}
	}
}

// TestEveryMethodIsInTheManual and nothing else is: each row of its table names a part of a client,
// and all that this can do.
func TestEveryMethodIsInTheManual(t *testing.T) {
	manual := string(must(os.ReadFile(environment(t, "KENER_MANUAL")))(t))
	told := []string{}
	for line := range strings.Lines(manual) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || !strings.HasPrefix(cells[1], " `client") {
			continue
		}
		part := strings.TrimPrefix(strings.Trim(cells[1], " `"), "client")
		for each := range strings.SplitSeq(cells[2], ",") {
			told = append(told, strings.TrimPrefix(part+"."+strings.Trim(each, " `"), "."))
		}
	}
	own := []string{}
	for _, each := range methods(&kener.Client{}) {
		own = append(own, each.name)
	}
	slices.Sort(own)
	slices.Sort(told)
	if !slices.Equal(own, told) {
		t.Errorf("the manual tells of %v, but there are %v", told, own)
	}
}

func TestTheExampleOfAReceiverTakesWhatIsSigned(t *testing.T) {
	t.Setenv("KENER_WEBHOOK_SECRET", webhookSecret)
	ExampleVerifyWebhook()
	fake := httptest.NewServer(http.DefaultServeMux)
	defer fake.Close()

	for body, wanted := range map[string]int{told: 204, told + " ": 401} {
		request := must(http.NewRequest(http.MethodPost, fake.URL+"/kener", strings.NewReader(body)))(t)
		request.Header = signed(told, webhookSecret, "msg_1", time.Now())
		response := must(http.DefaultClient.Do(request))(t)
		_ = response.Body.Close()
		equal(t, "the status", response.StatusCode, wanted)
	}
}
