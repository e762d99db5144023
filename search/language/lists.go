package language

import (
	"bufio"
	"bytes"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/bg"
	"github.com/blevesearch/bleve/v2/analysis/lang/ca"
	"github.com/blevesearch/bleve/v2/analysis/lang/cs"
	"github.com/blevesearch/bleve/v2/analysis/lang/da"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/eu"
	"github.com/blevesearch/bleve/v2/analysis/lang/fa"
	"github.com/blevesearch/bleve/v2/analysis/lang/fi"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/ga"
	"github.com/blevesearch/bleve/v2/analysis/lang/gl"
	"github.com/blevesearch/bleve/v2/analysis/lang/hr"
	"github.com/blevesearch/bleve/v2/analysis/lang/hu"
	"github.com/blevesearch/bleve/v2/analysis/lang/id"
	"github.com/blevesearch/bleve/v2/analysis/lang/it"
	"github.com/blevesearch/bleve/v2/analysis/lang/nl"
	"github.com/blevesearch/bleve/v2/analysis/lang/no"
	"github.com/blevesearch/bleve/v2/analysis/lang/pt"
	"github.com/blevesearch/bleve/v2/analysis/lang/ro"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/analysis/lang/sv"
	"github.com/blevesearch/bleve/v2/analysis/lang/tr"
)

// stopWords returns the small words of each language, mostly bleve's.
func stopWords() map[string]map[string]bool {
	return map[string]map[string]bool{
		"ca": list(ca.CatalanStopWords),
		"cs": list(cs.CzechStopWords),
		"da": list(da.DanishStopWords),
		"de": list(de.GermanStopWords),
		"en": list(en.EnglishStopWords),
		"es": list(es.SpanishStopWords),
		"eu": list(eu.BasqueStopWords),
		"fi": list(fi.FinnishStopWords),
		"fr": list(fr.FrenchStopWords),
		"ga": list(ga.IrishStopWords),
		"gl": list(gl.GalicianStopWords),
		"hr": list(hr.CroatianStopWords),
		"hu": list(hu.HungarianStopWords),
		"id": list(id.IndonesianStopWords),
		"it": list(it.ItalianStopWords),
		"nl": list(nl.DutchStopWords),
		"no": list(no.NorwegianStopWords),
		"pl": list([]byte(polish)),
		"pt": list(pt.PortugueseStopWords),
		"ro": list(ro.RomanianStopWords),
		"sv": list(sv.SwedishStopWords),
		"tr": list(tr.TurkishStopWords),
		"bg": list(bg.BulgarianStopWords),
		"ru": list(ru.RussianStopWords),
		"ar": list(ar.ArabicStopWords),
		"fa": list(fa.PersianStopWords),
	}
}

// list reads a list of stop words as bleve has them: one or more on a line, and comments behind # or |.
func list(text []byte) map[string]bool {
	out := map[string]bool{}
	for in := bufio.NewScanner(bytes.NewReader(text)); in.Scan(); {
		l := in.Text()
		if at := strings.IndexAny(l, "#|"); at >= 0 {
			l = l[:at]
		}
		for _, w := range words(l) {
			out[w] = true
		}
	}
	return out
}

// polish is a list of our own, because bleve's comes with a stemmer of several megabytes that the program does not have.
const polish = `a aby albo ale bez bo by być był była było były będzie będą co czy dla do gdy gdzie go i ich im inne innych ja jak jako je
	jednak jego jej jest jeszcze jeśli już każda każde każdego każdy kiedy kto która które którego której który których którym lub ma mają może
	można mu musi na nad należy nie niż o od oraz po pod podczas przed przez przy również się są ta tak także tam te tego tej ten to tu tych
	tylko tym u w we więc wszystkich wszystkie wszyscy z za ze został została zostało że żadna żadne żaden`
