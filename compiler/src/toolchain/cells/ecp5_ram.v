// ECP5's block RAM. With a port of 36 bits it is pseudo dual: A writes, its word in DIB and DIA; B reads, its word in
// DOB and DOA, and a narrower word in DOB alone.
module DP16KD #(
    parameter DATA_WIDTH_A = 18, parameter DATA_WIDTH_B = 18,
    parameter REGMODE_A = "NOREG", parameter REGMODE_B = "NOREG",
    parameter RESETMODE = "SYNC", parameter ASYNC_RESET_RELEASE = "SYNC",
    parameter CSDECODE_A = "0b000", parameter CSDECODE_B = "0b000",
    parameter WRITEMODE_A = "NORMAL", parameter WRITEMODE_B = "NORMAL",
    parameter CLKAMUX = "CLKA", parameter CLKBMUX = "CLKB",
    parameter GSR = "ENABLED", parameter INIT_DATA = "STATIC",
    SPIKEFORGE_PARAMETERS
) (
    input DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0,
    input ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0,
    input CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0,
    output DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0,
    input DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0,
    input ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0,
    input CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0,
    output DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0
);
    // 1024 rows of 18 bits, each in 20 bits of its INITVAL.
    function [18431:0] rows(input [20479:0] values);
        integer row;
        for (row = 0; row < 1024; row = row + 1) rows[row*18 +: 18] = values[row*20 +: 18];
    endfunction
    localparam [20479:0] VALUES = SPIKEFORGE_VALUES;
    localparam PSEUDO = DATA_WIDTH_A == 36 || DATA_WIDTH_B == 36;

    wire [17:0] in_a = {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0};
    wire [17:0] in_b = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0};
    wire [13:0] address_a = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
    wire [13:0] address_b = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
    wire [35:0] out_a, out_b;
    wire clock_a = CLKAMUX == "INV" ? ~CLKA : CLKA;
    wire clock_b = CLKBMUX == "INV" ? ~CLKB : CLKB;

    spikeforge_block_ram #(
        .UNIT(9), .WIDTH_A(DATA_WIDTH_A), .WIDTH_B(DATA_WIDTH_B), .INIT(rows(VALUES)),
        .MODE_A(WRITEMODE_A == "WRITETHROUGH" ? 1 : WRITEMODE_A == "READBEFOREWRITE" ? 2 : 0),
        .MODE_B(WRITEMODE_B == "WRITETHROUGH" ? 1 : WRITEMODE_B == "READBEFOREWRITE" ? 2 : 0)
    ) ram (
        .clock_a(clock_a), .enable_a(CEA && {CSA2, CSA1, CSA0} == 0), .write_a(WEA), .reset_a(RSTA), .address_a(address_a),
        .bytes_a(address_a[3:0]), .in_a(PSEUDO ? {in_b, in_a} : {18'b0, in_a}), .out_a(out_a),
        .clock_b(clock_b), .enable_b(CEB && {CSB2, CSB1, CSB0} == 0), .write_b(WEB && !PSEUDO), .reset_b(RSTB),
        .address_b(address_b), .bytes_b(address_b[3:0]), .in_b({18'b0, in_b}), .out_b(out_b)
    );
    wire [17:0] word_a = DATA_WIDTH_B == 36 ? out_b[17:0] : out_a[17:0];
    wire [17:0] word_b = DATA_WIDTH_B == 36 ? out_b[35:18] : out_b[17:0];

    // Output registers; no design resets them.
    wire clock_of_a = DATA_WIDTH_B == 36 ? clock_b : clock_a;
    reg [17:0] later_a = 0, later_b = 0;
    always @(posedge clock_of_a) if (DATA_WIDTH_B == 36 ? OCEB : OCEA) later_a <= word_a;
    always @(posedge clock_b) if (OCEB) later_b <= word_b;
    wire [17:0] shown_a = REGMODE_A == "OUTREG" ? later_a : word_a;
    wire [17:0] shown_b = REGMODE_B == "OUTREG" ? later_b : word_b;
    assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0} = shown_a;
    assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0} = shown_b;
endmodule

// One PLL is one wire: the simulated clock is the design's clock, locked from the start.
module EHXPLLL #(
    parameter PLLRST_ENA = "DISABLED", parameter INTFB_WAKE = "DISABLED", parameter STDBY_ENABLE = "DISABLED",
    parameter DPHASE_SOURCE = "DISABLED", parameter OUTDIVIDER_MUXA = "DIVA", parameter OUTDIVIDER_MUXB = "DIVB",
    parameter OUTDIVIDER_MUXC = "DIVC", parameter OUTDIVIDER_MUXD = "DIVD", parameter CLKI_DIV = 1,
    parameter CLKOP_ENABLE = "ENABLED", parameter CLKOP_DIV = 8, parameter CLKOP_CPHASE = 0, parameter CLKOP_FPHASE = 0,
    parameter CLKFB_DIV = 1, parameter FEEDBK_PATH = "CLKOP"
) (
    input CLKI, CLKFB, PHASESEL1, PHASESEL0, PHASEDIR, PHASESTEP, PHASELOADREG, STDBY, PLLWAKESYNC, RST, ENCLKOP,
    output CLKOP, LOCK, CLKINTFB
);
    assign CLKOP = CLKI;
    assign CLKINTFB = CLKI;
    assign LOCK = 1'b1;
endmodule
