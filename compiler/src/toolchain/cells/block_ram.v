// What the block RAMs of ECP5 and Gowin have in common: 2048 bytes of UNIT (8 or 9) bits and two ports, each of its
// own width. Narrower words than a byte use its low 8 bits. A port reads what its MODE says while it writes:
// 0 keeps its output, 1 gives the new word, 2 the old one. A port that reads what the other writes in the same cycle
// gets garbage, as the vendors warn, so that no design that depends on it passes; one that writes no byte writes nothing.
module spikeforge_block_ram #(
    parameter integer UNIT = 9,
    parameter integer WIDTH_A = 9,
    parameter integer WIDTH_B = 9,
    parameter integer MODE_A = 0,
    parameter integer MODE_B = 0,
    parameter [2048*UNIT-1:0] INIT = 0
) (
    input clock_a, enable_a, write_a, reset_a,
    input [13:0] address_a,
    input [3:0] bytes_a,
    input [35:0] in_a,
    output reg [35:0] out_a,
    input clock_b, enable_b, write_b, reset_b,
    input [13:0] address_b,
    input [3:0] bytes_b,
    input [35:0] in_b,
    output reg [35:0] out_b
);
    localparam integer BYTES_A = WIDTH_A / UNIT > 0 ? WIDTH_A / UNIT : 1;
    localparam integer BYTES_B = WIDTH_B / UNIT > 0 ? WIDTH_B / UNIT : 1;
    // Bits of a word in each of its bytes.
    localparam integer BITS_A = WIDTH_A < UNIT ? WIDTH_A : UNIT;
    localparam integer BITS_B = WIDTH_B < UNIT ? WIDTH_B : UNIT;

    reg [UNIT-1:0] bytes [0:2047];
    integer i;
    initial begin
        for (i = 0; i < 2048; i = i + 1) bytes[i] = INIT[i*UNIT +: UNIT];
        out_a = 0;
        out_b = 0;
    end

    // The first byte of a word, and the first bit of a word within its byte.
    wire [10:0] first_a = address_a[13:3] & ~(BYTES_A[10:0] - 11'd1);
    wire [10:0] first_b = address_b[13:3] & ~(BYTES_B[10:0] - 11'd1);
    wire [2:0] bit_a = WIDTH_A < 8 ? address_a[2:0] & ~(BITS_A[2:0] - 3'd1) : 3'd0;
    wire [2:0] bit_b = WIDTH_B < 8 ? address_b[2:0] & ~(BITS_B[2:0] - 3'd1) : 3'd0;
    // The same wider word of the two.
    localparam integer WIDER = BYTES_A > BYTES_B ? BYTES_A : BYTES_B;
    wire writes_a = enable_a && write_a && (BYTES_A == 1 || (bytes_a & ((1 << BYTES_A) - 1)) != 0);
    wire writes_b = enable_b && write_b && (BYTES_B == 1 || (bytes_b & ((1 << BYTES_B) - 1)) != 0);
    wire meets = (first_a & ~(WIDER[10:0] - 11'd1)) == (first_b & ~(WIDER[10:0] - 11'd1));

    reg [35:0] word_a, word_b;
    integer k;
    always @(*) begin
        word_a = 0;
        for (k = 0; k < BYTES_A; k = k + 1) word_a[k*UNIT +: BITS_A] = bytes[first_a + k[10:0]][bit_a +: BITS_A];
    end
    integer l;
    always @(*) begin
        word_b = 0;
        for (l = 0; l < BYTES_B; l = l + 1) word_b[l*UNIT +: BITS_B] = bytes[first_b + l[10:0]][bit_b +: BITS_B];
    end

    integer m;
    always @(posedge clock_a) begin
        if (enable_a && write_a)
            for (m = 0; m < BYTES_A; m = m + 1)
                if (BYTES_A == 1 || bytes_a[m]) bytes[first_a + m[10:0]][bit_a +: BITS_A] <= in_a[m*UNIT +: BITS_A];
        if (enable_a && (!write_a || MODE_A != 0)) begin
            out_a <= write_a && MODE_A == 1 ? in_a : word_a;
            if (writes_b && meets) out_a <= ~word_a;
        end
        if (reset_a) out_a <= 0;
    end
    integer n;
    always @(posedge clock_b) begin
        if (enable_b && write_b)
            for (n = 0; n < BYTES_B; n = n + 1)
                if (BYTES_B == 1 || bytes_b[n]) bytes[first_b + n[10:0]][bit_b +: BITS_B] <= in_b[n*UNIT +: BITS_B];
        if (enable_b && (!write_b || MODE_B != 0)) begin
            out_b <= write_b && MODE_B == 1 ? in_b : word_b;
            if (writes_a && meets) out_b <= ~word_b;
        end
        if (reset_b) out_b <= 0;
    end
endmodule
