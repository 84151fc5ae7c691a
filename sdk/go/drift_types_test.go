package kener_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	kener "github.com/kener/go-sdk"
)

// kinds are the settings of monitors, for which Settings stands.
var kinds = map[string]any{
	"dns":        kener.DnsSettings{Name: "shop.example"},
	"domain":     kener.DomainSettings{Domain: "shop.example"},
	"game":       kener.GameSettings{Protocol: "source", Host: "shop.example", Port: 27015},
	"group":      kener.GroupSettings{},
	"grpc":       kener.GrpcSettings{Host: "shop.example"},
	"heartbeat":  kener.HeartbeatSettings{Grace: kener.Set(0)},
	"http":       kener.HttpSettings{URL: "https://shop.example", VerifyTLS: kener.Set(false)},
	"manual":     kener.ManualSettings{ExpiresIn: 60},
	"mongodb":    kener.MongoDbSettings{DSN: "mongodb://shop.example"},
	"mqtt":       kener.MqttSettings{DSN: "mqtts://shop.example"},
	"ntp":        kener.NtpSettings{Host: "shop.example"},
	"ping":       kener.PingSettings{Host: "shop.example"},
	"redis":      kener.RedisSettings{DSN: "redis://shop.example"},
	"smtp":       kener.SmtpSettings{Host: "shop.example"},
	"sql":        kener.SqlSettings{DSN: "postgresql://shop.example/shop"},
	"ssh":        kener.SshSettings{Host: "shop.example"},
	"statuspage": kener.StatusPageSettings{URL: "https://status.example"},
	"steps":      kener.StepsSettings{Steps: []kener.Step{{URL: "https://shop.example"}}},
	"tcp":        kener.TcpSettings{Host: "shop.example", Port: 80},
	"tls":        kener.TlsSettings{Host: "shop.example"},
	"udp":        kener.UdpSettings{Host: "shop.example", Port: 53},
	"websocket":  kener.WebSocketSettings{URL: "wss://shop.example"},
}

// shapes are the structs that go in or come out of some method, by name, and the settings of
// monitors. Refusal comes out as an Error.
func shapes() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	for _, method := range methods(&kener.Client{}) {
		own := method.value.Type()
		for index := range own.NumIn() {
			collect(own.In(index), found)
		}
		for index := range own.NumOut() {
			collect(own.Out(index), found)
		}
	}
	collect(reflect.TypeFor[kener.Refusal](), found)
	for _, each := range kinds {
		collect(reflect.TypeOf(each), found)
	}
	return found
}

func collect(own reflect.Type, found map[string]reflect.Type) {
	switch own.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		collect(own.Elem(), found)
	case reflect.Func: // an iterator: its yield takes what it gives
		for index := range own.NumIn() {
			if own != reflect.TypeFor[kener.Option]() {
				collect(own.In(index), found)
			}
		}
	case reflect.Struct:
		collectStruct(own, found)
	}
}

func collectStruct(own reflect.Type, found map[string]reflect.Type) {
	if isOptional(own) {
		collect(reflect.Zero(own).MethodByName("Get").Type().Out(0), found)
		return
	}
	name := own.Name()
	isOurs := own != reflect.TypeFor[time.Time]() && name != "Meta"
	if !isOurs || found[name] != nil || strings.HasSuffix(name, "Query") {
		return
	}
	if !strings.HasPrefix(name, "List[") {
		found[name] = own
	}
	for index := range own.NumField() {
		collect(own.Field(index).Type, found)
	}
}

type method struct {
	name  string
	value reflect.Value
}

// methods are all that do something: the client's own, and those of its services.
func methods(client *kener.Client) []method {
	found := methodsOf("", reflect.ValueOf(client))
	return slices.DeleteFunc(found, func(each method) bool {
		return each.name == "String" || each.name == "Format"
	})
}

func methodsOf(name string, from reflect.Value) []method {
	found := []method{}
	for index := range from.NumMethod() {
		found = append(found, method{name + from.Type().Method(index).Name, from.Method(index)})
	}
	inner := from.Type().Elem()
	for index := range inner.NumField() {
		field := inner.Field(index)
		if !field.IsExported() {
			continue
		}
		value := reflect.New(field.Type.Elem())
		if !from.IsNil() && !from.Elem().Field(index).IsNil() {
			value = from.Elem().Field(index)
		}
		found = append(found, methodsOf(name+field.Name+".", value)...)
	}
	return found
}

// words are the constants of each type that is a text, sorted, as the source has them.
func words(t *testing.T) map[string][]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "words.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		if each, ok := node.(*ast.ValueSpec); ok {
			text, _ := strconv.Unquote(each.Values[0].(*ast.BasicLit).Value)
			name := each.Type.(*ast.Ident).Name
			found[name] = append(found[name], text)
		}
		return true
	})
	for _, each := range found {
		slices.Sort(each)
	}
	return found
}
