import CEL
import Testing

@Suite struct LiteralTests {
    @Test(arguments: numbers + texts + bytes + names) func theyMeanWhatTheyShould(_ one: Case) { one.check() }

    @Test func thereAreAllOfThem() {
        #expect(Self.numbers.count == 42)
        #expect(Self.texts.count == 49)
        #expect(Self.bytes.count == 15)
    }

    static let numbers = [Case](
        lines: #"""
            0 => 0
            42 => 42
            007 => 7
            9223372036854775807 => 9223372036854775807
            -9223372036854775808 => -9223372036854775808
            9223372036854775808 => !syntax
            -9223372036854775809 => !syntax
            99999999999999999999999999 => !syntax
            0x0 => 0
            0xFF => 255
            0xabcdef => 11259375
            -0x10 => -16
            0x7FFFFFFFFFFFFFFF => 9223372036854775807
            -0x8000000000000000 => -9223372036854775808
            0x8000000000000000 => !syntax
            0xFFFFFFFFFFFFFFFFu => 18446744073709551615u
            0x => !syntax
            0xG => !syntax
            0u => 0u
            42U => 42u
            18446744073709551615u => 18446744073709551615u
            18446744073709551616u => !syntax
            -1u => !no_such_overload
            1.5 => 1.5
            .5 => 0.5
            -.5 => -0.5
            1e3 => 1000.0
            1E3 => 1000.0
            1e+3 => 1000.0
            1e-3 => 0.001
            1.25e2 => 125.0
            .1e1 => 1.0
            -0.0 => -0.0
            1e999 => !syntax
            1. => !syntax
            1e => !syntax
            1e+ => !syntax
            12ab => !syntax
            1_000 => !syntax
            1.5.5 => !syntax
            --5 => 5
            ---5 => -5
            """#)

    static let texts = [Case](
        lines: #"""
            "" => ""
            '' => ""
            "a" => "a"
            'a"b' => "a"b"
            "it's" => "it's"
            """a""" => "a"
            '''a''' => "a"
            """""" => ""
            '''x''x''' => "x''x"
            """say "hi".""" => "say "hi"."
            "\"" => """
            '\'' => "'"
            "\\" => "\"
            r"\\" => "\\"
            R'\n' => "\n"
            r"""\""" => "\"
            r"a\" => "a\"
            "\x41" => "A"
            "\X41" => "A"
            "\xff" => "ÿ"
            "\101" => "A"
            "\377" => "ÿ"
            "\303\277" => "Ã¿"
            "\u0041" => "A"
            "\u270C" => "✌"
            "\U0001F431" => "🐱"
            "\ud83d\ude00" => "😀"
            "\?\`\"\'" => "?`"'"
            "é" => "é"
            "\ud83d" => !syntax
            "\ude00" => !syntax
            "\ud83d\u0041" => !syntax
            "\U00110000" => !syntax
            "\U0000D800" => !syntax
            "\400" => !syntax
            "\47" => !syntax
            "\8" => !syntax
            "\x4" => !syntax
            "\xg1" => !syntax
            "\u00e" => !syntax
            "\U0001F43" => !syntax
            "\q" => !syntax
            "\ " => !syntax
            "a => !syntax
            'a" => !syntax
            """a"" => !syntax
            '''a => !syntax
            "a\" => !syntax
            rb"a" => !syntax
            """#)

    static let bytes = [Case](
        lines: #"""
            b"" => b""
            b"abc" => b"616263"
            B'abc' => b"616263"
            b"ÿ" => b"c3bf"
            b"\303\277" => b"c3bf"
            b"\377" => b"ff"
            b"\xFF" => b"ff"
            b"\x00\n" => b"000a"
            br"\n" => b"5c6e"
            bR'''\''' => b"5c"
            b"""a"b""" => b"612262"
            b"\u0041" => !syntax
            b"\U00000041" => !syntax
            b"a => !syntax
            b"\q" => !syntax
            """#)

    static let names = [Case](
        lines: #"""
            true => true
            false => false
            null => null
            !true => false
            !!true => true
            [] => []
            [1, 2,] => [1, 2]
            {} => {}
            {"a": 1,} => {"a": 1}
            // all of it => !syntax
            1 // and so on => 1
            as => !syntax
            while => !syntax
            namespace => !syntax
            package.x => !syntax
            in => !syntax
            True => !undeclared_reference
            nothing => !undeclared_reference
            {"as": 1}.as => 1
            {"while": 2}.while => 2
            {"in": 1}.in => !syntax
            {"true": 1}.true => !syntax
            {"a-b": 1}.`a-b` => 1
            {"a.b/c d": 1}.`a.b/c d` => 1
            has({"a-b": 1}.`a-b`) => true
            {"a": 1}.`` => !syntax
            {"a": 1}.`é` => !syntax
            `a` => !syntax
            """#)

    @Test func aLineOfATripleQuotedTextEndsAsItIsWritten() {
        Case("\"\"\"a\r\nb\rc\nd\"\"\"", "\"a\r\nb\rc\nd\"").check()
        Case("'''a\nb'''", "\"a\nb\"").check()
        Case("b'''a\r\nb'''", "b\"610d0a62\"").check()
        Case("\"a\nb\"", "!syntax").check()
        Case("r'a\rb'", "!syntax").check()
        Case("\"\\v\\a\\b\\f\\n\\r\\t\"", "\"\u{0B}\u{07}\u{08}\u{0C}\n\r\t\"").check()
        Case("1 +\t\u{0C}\r\n// so\n2", "3").check()
        Case("1 // so\r+ 2", "3").check()
        Case("\u{00A0}1", "!syntax").check()
        Case("'\u{0}'", "\"\u{0}\"").check()
    }
}
