// Gowin's block RAMs: single port (SP, SPX9), one port that writes and one that reads (SDPB, SDPX9B), and two ports that
// do both (DPB, DPX9B), with bytes of 8 or, in those of an X9, of 9 bits.
module SPIKEFORGE_SP #(
    parameter UNIT = 8, parameter READ_MODE = 1'b0, parameter WRITE_MODE = 2'b00, parameter integer BIT_WIDTH = 32,
    parameter BLK_SEL = 3'b000, parameter RESET_MODE = "SYNC",
    SPIKEFORGE_PARAMETERS
) (
    output [35:0] DO, input [35:0] DI, input [2:0] BLKSEL, input [13:0] AD, input WRE, CLK, CE, OCE, RESET
);
    function [2048*UNIT-1:0] rows(input [18431:0] values);
        integer row;
        for (row = 0; row < 64; row = row + 1) rows[row*32*UNIT +: 32*UNIT] = values[row*288 +: 32*UNIT];
    endfunction
    localparam [18431:0] VALUES = SPIKEFORGE_VALUES;
    spikeforge_block_ram #(
        .UNIT(UNIT), .WIDTH_A(BIT_WIDTH), .WIDTH_B(BIT_WIDTH), .MODE_A(WRITE_MODE), .INIT(rows(VALUES))
    ) ram (
        .clock_a(CLK), .enable_a(CE && BLKSEL == BLK_SEL), .write_a(WRE), .reset_a(RESET), .address_a(AD),
        .bytes_a(AD[3:0]), .in_a(DI), .out_a(DO),
        .clock_b(CLK), .enable_b(1'b0), .write_b(1'b0), .reset_b(1'b0), .address_b(14'b0), .bytes_b(4'b0), .in_b(36'b0), .out_b()
    );
endmodule

module SPIKEFORGE_SDP #(
    parameter UNIT = 8, parameter READ_MODE = 1'b0, parameter integer BIT_WIDTH_0 = 32, parameter integer BIT_WIDTH_1 = 32,
    parameter BLK_SEL_0 = 3'b000, parameter BLK_SEL_1 = 3'b000, parameter RESET_MODE = "SYNC",
    SPIKEFORGE_PARAMETERS
) (
    output [35:0] DO, input [35:0] DI, input [2:0] BLKSELA, BLKSELB, input [13:0] ADA, ADB,
    input CLKA, CLKB, CEA, CEB, OCE, RESETA, RESETB
);
    function [2048*UNIT-1:0] rows(input [18431:0] values);
        integer row;
        for (row = 0; row < 64; row = row + 1) rows[row*32*UNIT +: 32*UNIT] = values[row*288 +: 32*UNIT];
    endfunction
    localparam [18431:0] VALUES = SPIKEFORGE_VALUES;
    spikeforge_block_ram #(
        .UNIT(UNIT), .WIDTH_A(BIT_WIDTH_0), .WIDTH_B(BIT_WIDTH_1), .INIT(rows(VALUES))
    ) ram (
        .clock_a(CLKA), .enable_a(CEA && BLKSELA == BLK_SEL_0), .write_a(1'b1), .reset_a(RESETA), .address_a(ADA),
        .bytes_a(ADA[3:0]), .in_a(DI), .out_a(),
        .clock_b(CLKB), .enable_b(CEB && BLKSELB == BLK_SEL_1), .write_b(1'b0), .reset_b(RESETB), .address_b(ADB),
        .bytes_b(4'b0), .in_b(36'b0), .out_b(DO)
    );
endmodule

module SPIKEFORGE_DP #(
    parameter UNIT = 8, parameter READ_MODE0 = 1'b0, parameter READ_MODE1 = 1'b0,
    parameter WRITE_MODE0 = 2'b00, parameter WRITE_MODE1 = 2'b00,
    parameter integer BIT_WIDTH_0 = 16, parameter integer BIT_WIDTH_1 = 16,
    parameter BLK_SEL_0 = 3'b000, parameter BLK_SEL_1 = 3'b000, parameter RESET_MODE = "SYNC",
    SPIKEFORGE_PARAMETERS
) (
    output [17:0] DOA, DOB, input [17:0] DIA, DIB, input [2:0] BLKSELA, BLKSELB, input [13:0] ADA, ADB,
    input WREA, WREB, CLKA, CLKB, CEA, CEB, OCEA, OCEB, RESETA, RESETB
);
    function [2048*UNIT-1:0] rows(input [18431:0] values);
        integer row;
        for (row = 0; row < 64; row = row + 1) rows[row*32*UNIT +: 32*UNIT] = values[row*288 +: 32*UNIT];
    endfunction
    localparam [18431:0] VALUES = SPIKEFORGE_VALUES;
    wire [35:0] out_a, out_b;
    spikeforge_block_ram #(
        .UNIT(UNIT), .WIDTH_A(BIT_WIDTH_0), .WIDTH_B(BIT_WIDTH_1), .MODE_A(WRITE_MODE0), .MODE_B(WRITE_MODE1), .INIT(rows(VALUES))
    ) ram (
        .clock_a(CLKA), .enable_a(CEA && BLKSELA == BLK_SEL_0), .write_a(WREA), .reset_a(RESETA), .address_a(ADA),
        .bytes_a(ADA[3:0]), .in_a({18'b0, DIA}), .out_a(out_a),
        .clock_b(CLKB), .enable_b(CEB && BLKSELB == BLK_SEL_1), .write_b(WREB), .reset_b(RESETB), .address_b(ADB),
        .bytes_b(ADB[3:0]), .in_b({18'b0, DIB}), .out_b(out_b)
    );
    assign DOA = out_a[17:0];
    assign DOB = out_b[17:0];
endmodule
