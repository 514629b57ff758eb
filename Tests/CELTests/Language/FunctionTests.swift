import CEL
import Testing

@Suite struct FunctionTests {
    @Test(arguments: texts + times) func theyAreCalled(_ one: Case) { one.check() }

    static let texts = [Case](
        lines: #"""
            "abc".contains("b") => true
            "abc".contains("") => true
            "abc".contains("abcd") => false
            "abc".startsWith("ab") => true
            "abc".startsWith("b") => false
            "abc".endsWith("bc") => true
            "abc".endsWith("ab") => false
            "é".contains("e") => false
            "abc".contains(1) => !no_such_overload
            (1).contains("a") => !no_such_overload
            contains("abc", "b") => !no_such_overload
            "abc".contains("a" + "b") => true
            "abc".matches("^a.c$") => true
            "abc".matches("b") => true
            "abc".matches("^b") => false
            matches("abc", "a") => true
            matches("abc", "^" + "b") => false
            "abc".matches("(") => !invalid_argument
            "abc".matches("(" + "a") => !invalid_argument
            (1).matches("a") => !no_such_overload
            "abc".matches("a", "b") => !no_such_overload
            false && "abc".matches("(") => false
            "aaa".replace("a", "bb") => "bbbbbb"
            "aaa".replace("a", "b", 2) => "bba"
            "abc".replace("", "-") => "-a-b-c-"
            "a,b,c".split(",") => ["a", "b", "c"]
            "a,b,c".split(",", 2) => ["a", "b,c"]
            "a,b,c".split(",", 0) => []
            "abc".split("") => ["a", "b", "c"]
            ["a", "b"].join() => "ab"
            ["a", "b"].join("-") => "a-b"
            [1].join() => !no_such_overload
            "héllo".substring(1) => "éllo"
            "héllo".substring(1, 3) => "él"
            "héllo".substring(9) => !index_out_of_range
            "héllo".charAt(1) => "é"
            "abc".charAt(3) => ""
            "abcabc".indexOf("c") => 2
            "abcabc".indexOf("c", 3) => 5
            "abcabc".indexOf("x") => -1
            "abcabc".lastIndexOf("a") => 3
            "abcabc".lastIndexOf("a", 2) => 0
            "ÄbC".lowerAscii() => "Äbc"
            "äbC".upperAscii() => "äBC"
            "  a ".trim() => "a"
            "abc".reverse() => "cba"
            strings.quote("a\"b") => ""a\"b""
            "%s is %d".format(["a", 1]) => "a is 1"
            "%.2f".format([1.0]) => "1.00"
            "%s".format([]) => !invalid_argument
            "%s".format("a") => !no_such_overload
            strings.nothing("a") => !no_such_overload
            nosuch() => !no_such_overload
            "a".nosuch() => !no_such_overload
            int() => !no_such_overload
            int(1, 2) => !no_such_overload
            .size("ab") => 2
            """#)

    static let times = [Case](
        lines: #"""
            timestamp("2009-02-13T23:31:30.123Z").getFullYear() => 2009
            timestamp("2009-02-13T23:31:30.123Z").getMonth() => 1
            timestamp("2009-02-13T23:31:30.123Z").getDate() => 13
            timestamp("2009-02-13T23:31:30.123Z").getDayOfMonth() => 12
            timestamp("2009-02-13T23:31:30.123Z").getDayOfWeek() => 5
            timestamp("2009-02-13T23:31:30.123Z").getDayOfYear() => 43
            timestamp("2009-02-13T23:31:30.123Z").getHours() => 23
            timestamp("2009-02-13T23:31:30.123Z").getMinutes() => 31
            timestamp("2009-02-13T23:31:30.123Z").getSeconds() => 30
            timestamp("2009-02-13T23:31:30.123Z").getMilliseconds() => 123
            timestamp("2009-02-13T23:31:30Z").getDate("Australia/Sydney") => 14
            timestamp("2009-02-13T23:31:30Z").getHours("+02:00") => 1
            timestamp("2009-02-13T23:31:30Z").getHours("-02" + ":30") => 21
            timestamp("2009-02-13T23:31:30Z").getHours("Nowhere/At") => !invalid_argument
            timestamp("2009-02-13T23:31:30Z").getHours("Nowhere" + "/At") => !invalid_argument
            duration("3730s").getHours() => 1
            duration("3730s").getMinutes() => 62
            duration("3730s").getSeconds() => 3730
            duration("3730.5s").getMilliseconds() => 500
            duration("1h").getFullYear() => !no_such_overload
            duration("1h").getHours("UTC") => !no_such_overload
            (1).getHours() => !no_such_overload
            getHours(timestamp(0)) => !no_such_overload
            timestamp(0).getHours(1) => !no_such_overload
            """#)
}
