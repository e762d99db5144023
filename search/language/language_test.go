package language

import (
	"bufio"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOf(t *testing.T) {
	for _, tc := range []struct{ want, text string }{
		{"ar", "تعطلت خدمة الدفع منذ الصباح ولا يمكن للعملاء الوصول إلى الموقع"},
		{"bg", "Услугата за плащане не работи от сутринта и клиентите не могат да влязат в сайта"},
		{"ca", "El servei de pagament no funciona des d'aquest matí i els clients no poden entrar a la botiga"},
		{"cjk", "決済サービスが今朝から利用できません"},
		{"cjk", "支付服务从今天早上开始不可用"},
		{"cjk", "결제 서비스가 오늘 아침부터 작동하지 않습니다"},
		{"cjk", "db-primary で接続エラーが発生 (timeout)"},
		{"cs", "Platební služba od rána nefunguje a zákazníci se nemohou přihlásit do obchodu"},
		{"da", "Betalingstjenesten har ikke virket siden i morges, og kunderne kan ikke komme ind i butikken"},
		{"de", "Der Zahlungsdienst ist seit heute Morgen nicht erreichbar, und die Kunden können nicht bestellen"},
		{"el", "Η υπηρεσία πληρωμών δεν λειτουργεί από το πρωί"},
		{"en", "The payment service has been down since this morning and customers cannot open the shop"},
		{"es", "El servicio de pago no funciona desde esta mañana y los clientes no pueden entrar en la tienda"},
		{"eu", "Ordainketa zerbitzua ez dabil gaur goizetik eta bezeroek ezin dute dendan sartu"},
		{"fa", "سرویس پرداخت از امروز صبح کار نمی\u200cکند و مشتریان نمی\u200cتوانند وارد فروشگاه شوند"},
		{"fi", "Maksupalvelu ei ole toiminut aamusta lähtien, eivätkä asiakkaat pääse kauppaan"},
		{"fr", "Le service de paiement est en panne depuis ce matin et les clients ne peuvent pas commander"},
		{"hi", "भुगतान सेवा आज सुबह से काम नहीं कर रही है"},
		{"hr", "Usluga plaćanja ne radi od jutros i kupci ne mogu ući u trgovinu"},
		{"hu", "A fizetési szolgáltatás reggel óta nem működik, és az ügyfelek nem tudnak belépni az áruházba"},
		{"hy", "Վճարման ծառայությունը առավոտից չի աշխատում"},
		{"id", "Layanan pembayaran tidak berfungsi sejak pagi ini dan pelanggan tidak dapat membuka toko"},
		{"it", "Il servizio di pagamento non funziona da stamattina e i clienti non possono entrare nel negozio"},
		{"nl", "De betaaldienst werkt sinds vanochtend niet en klanten kunnen de winkel niet openen"},
		{"no", "Betalingstjenesten har ikke fungert siden i morges, og kundene kommer ikke inn i butikken"},
		{"pl", "Usługa płatności nie działa od rana i klienci nie mogą wejść do sklepu"},
		{"pt", "O serviço de pagamento não funciona desde esta manhã e os clientes não conseguem entrar na loja"},
		{"ro", "Serviciul de plată nu funcționează de azi dimineață și clienții nu pot intra în magazin"},
		{"ru", "Платёжный сервис не работает с утра, и клиенты не могут войти в магазин"},
		{"sv", "Betaltjänsten har inte fungerat sedan i morse och kunderna kan inte komma in i butiken"},
		{"tr", "Ödeme hizmeti bu sabahtan beri çalışmıyor ve müşteriler mağazaya giremiyor"},

		{Unknown, ""},
		{Unknown, "payments-api"},
		{Unknown, "HTTP 503 db-1 eu-west-1 0x1f"},
		{Unknown, "func main() { os.Exit(1) }"},
		{Unknown, "Служба оплати не працює зранку, і клієнти не можуть увійти до крамниці"},             // Ukrainian
		{Unknown, "Dịch vụ thanh toán không hoạt động từ sáng nay và khách hàng không thể mở cửa hàng"}, // Vietnamese
		{Unknown, "บริการชำระเงินใช้งานไม่ได้ตั้งแต่เช้านี้"},
		{Unknown, "\xff\xfe\xfd"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			if got := Of(tc.text); got != tc.want {
				t.Errorf("Of(%q) = %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}

func TestOfReadsTheBeginning(t *testing.T) {
	text := strings.Repeat("Der Dienst ist nicht erreichbar. ", 5000)
	if got := Of(text); got != "de" {
		t.Errorf("Of a long text = %q, want de", got)
	}
	if n := testing.AllocsPerRun(1, func() { Of(text) }); n > 4000 {
		t.Errorf("Of a long text makes %v allocations: it reads too much", n)
	}
}

func TestTrigrams(t *testing.T) {
	got := slices.Collect(Trigrams("Über x db1 ¡no!"))
	if want := []string{" üb", "übe", "ber", "er ", " x ", " no", "no "}; !slices.Equal(got, want) {
		t.Errorf("Trigrams = %q, want %q", got, want)
	}
}

// The embedded file is well formed: atoi relies on it.
func TestProfiles(t *testing.T) {
	n := 0
	in := bufio.NewScanner(strings.NewReader(taught))
	for ; in.Scan(); n++ {
		fields := strings.Fields(in.Text())
		for _, f := range fields[2:] {
			at := strings.IndexAny(f, "0123456789")
			if at < 0 || utf8.RuneCountInString(f[:at]) != 3 || atoi(f[at:]) == 0 {
				t.Fatalf("profile %s has %q, want three letters and a count", fields[0], f)
			}
		}
		if atoi(fields[1]) < 1000 {
			t.Errorf("profile %s is made of %s trigrams", fields[0], fields[1])
		}
	}
	if n < 40 {
		t.Errorf("there are %d profiles", n)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Der Dienst ist nicht erreichbar")
	f.Add("\xff a\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Of(s); got == "" || strings.HasPrefix(got, "-") {
			t.Errorf("Of(%q) = %q", s, got)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	const text = "The payment service has been down since this morning and customers cannot open the shop"
	Of(text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Of(text)
	}
}
