/// Functions that are written in jq itself; because of that paths lead through them.
enum JqPrelude {
    static let functions: [String: JqFunction] = {
        let all = (try? JqParser.definitions(text)) ?? []
        return Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
    }()

    private static let text = #"""
        def select(f): if f then . else empty end;
        def map(f): [.[] | f];
        def map_values(f): .[] |= f;
        def recurse: recurse(.[]?);
        def recurse(f; condition): recurse(f | select(condition));
        def recurse_down: recurse;
        def values: select(type != "null");
        def nulls: select(type == "null");
        def booleans: select(type == "boolean");
        def numbers: select(type == "number");
        def strings: select(type == "string");
        def arrays: select(type == "array");
        def objects: select(type == "object");
        def iterables: select(type == "array" or type == "object");
        def scalars: select(type != "array" and type != "object");
        def finites: select(isinfinite or isnan | not);
        def normals: select(isnormal);
        def first: .[0];
        def last: .[-1];
        def nth($n): .[$n];
        def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else last(limit($n + 1; f)) end;
        def while(condition; update): recurse(if condition then update else empty end) | select(condition);
        def repeat(f): def again: f | (., again); again;
        def any: any(.[]; .);
        def all: all(.[]; .);
        def any(f): any(.[]; f);
        def all(f): all(.[]; f);
        def in(object): . as $key | object | has($key);
        def inside(whole): . as $part | whole | contains($part);
        def index($part): indices($part) | .[0];
        def rindex($part): indices($part) | .[-1];
        def del(f): delpaths([path(f)]);
        def paths: path(..) | select(length > 0);
        def paths(f): . as $all | paths | select(. as $p | $all | getpath($p) | f);
        def leaf_paths: paths(scalars);
        def pick(f): . as $all | reduce path(f) as $p (null; setpath($p; $all | getpath($p)));
        def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
        def with_entries(f): to_entries | map(f) | from_entries;
        def walk(f): def down: (if type == "object" then map_values(down) elif type == "array" then map(down) else . end) | f; down;
        def combinations: if length == 0 then [] else .[0][] as $first | (.[1:] | combinations) as $rest | [$first] + $rest end;
        def combinations($n): [range($n) as $i | .] | combinations;
        def match($re): match($re; null);
        def match($re; $flags): _matches($re; $flags) | .[];
        def _named: [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
        def capture($re): capture($re; null);
        def capture($re; $flags): match($re; $flags) | _named;
        def scan($re): scan($re; null);
        def scan($re; $flags): match($re; "g" + $flags) | if (.captures | length) > 0 then [.captures[].string] else .string end;
        def split($re; $flags): _pieces($re; $flags);
        def splits($re): splits($re; null);
        def splits($re; $flags): split($re; $flags) | .[];
        def sub($re; text): sub($re; text; "");
        def sub($re; text; $flags): . as $in
            | reduce _matches($re; $flags)[] as $m ({made: "", from: 0};
                ($m | _named) as $names
                | .made += $in[.from:$m.offset] + ($names | text) | .from = $m.offset + $m.length)
            | .made + $in[.from:];
        def gsub($re; text): sub($re; text; "g");
        def gsub($re; text; $flags): sub($re; text; "g" + $flags);
        def ascii: [.] | implode;
        def fromdateiso8601: fromdate;
        def todateiso8601: todate;
        def date: todate;
        def dateadd(unit; $n): . + $n;
        def datesub(unit; $n): . - $n;
        def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] = $row);
        def INDEX(f): INDEX(.[]; f);
        def IN(stream): any(stream == .; .);
        def IN(source; stream): any(source == stream; .);
        """#
}
